"""The line of the user's program that is running now: remembered cheaply, worked out late.

Apart, because it is the one place that reads CPython's own frame structures, which differ
from version to version. A mark is a code object and an instruction offset; file, line and
columns are looked up only when somebody asks.
"""

cdef extern from *:
    """
    #ifndef Py_BUILD_CORE
    #define Py_BUILD_CORE 1
    #endif
    #if PY_VERSION_HEX < 0x030E0000
    #include "internal/pycore_frame.h"
    #endif

    /* Filenames seen lately and whether they belong to the package. Every function of a module
       shares one filename object, so a pointer comparison answers nearly always. */
    #define CHAINRULE_SEEN 64
    static PyObject *chainrule_seen[CHAINRULE_SEEN];
    static char chainrule_inside[CHAINRULE_SEEN];
    static PyObject *chainrule_package = NULL;

    static int chainrule_is_inside(PyObject *filename) {
        size_t slot = ((size_t)filename >> 4) % CHAINRULE_SEEN;
        if (chainrule_seen[slot] == filename) return chainrule_inside[slot];
        if (chainrule_package == NULL) return 0;
        Py_ssize_t found = PyUnicode_Tailmatch(filename, chainrule_package, 0, PY_SSIZE_T_MAX, -1);
        if (found < 0) { PyErr_Clear(); return 0; }
        Py_XSETREF(chainrule_seen[slot], Py_NewRef(filename));
        chainrule_inside[slot] = (char)found;
        return (int)found;
    }

    static PyObject *chainrule_calling_code(int *instruction) {
    #if PY_VERSION_HEX >= 0x030E0000
        PyFrameObject *frame = PyEval_GetFrame();
        Py_XINCREF(frame);
        while (frame != NULL) {
            PyCodeObject *code = PyFrame_GetCode(frame);
            if (!chainrule_is_inside(code->co_filename)) {
                *instruction = PyFrame_GetLasti(frame);
                Py_DECREF(frame);
                return (PyObject *)code;
            }
            Py_DECREF(code);
            PyFrameObject *back = PyFrame_GetBack(frame);
            Py_DECREF(frame);
            frame = back;
        }
        Py_RETURN_NONE;
    #else
        PyThreadState *state = PyThreadState_Get();
    #if PY_VERSION_HEX >= 0x030D0000
        _PyInterpreterFrame *frame = state->current_frame;
    #else
        _PyInterpreterFrame *frame = state->cframe->current_frame;
    #endif
        for (; frame != NULL; frame = frame->previous) {
    #if PY_VERSION_HEX >= 0x030C0000
            if (frame->owner == FRAME_OWNED_BY_CSTACK) continue;
    #endif
            if (_PyFrame_IsIncomplete(frame)) continue;
    #if PY_VERSION_HEX >= 0x030D0000
            PyCodeObject *code = _PyFrame_GetCode(frame);
    #else
            PyCodeObject *code = frame->f_code;
    #endif
            if (chainrule_is_inside(code->co_filename)) continue;
            *instruction = _PyInterpreterFrame_LASTI(frame) * (int)sizeof(_Py_CODEUNIT);
            return Py_NewRef((PyObject *)code);
        }
        Py_RETURN_NONE;
    #endif
    }
    """
    object chainrule_calling_code(int *instruction)
    void *chainrule_package


cdef object calling_code(int *instruction):
    """The code object of the nearest frame outside the package, and the offset it is at."""
    return chainrule_calling_code(instruction)


cdef object package_prefix = None


def set_package(str prefix):
    """Say which files are the package's own: those whose path starts with `prefix`."""
    global package_prefix, chainrule_package
    package_prefix = prefix
    chainrule_package = <void *>prefix


class Source:
    """A place in a program: file, line and columns (all counted from 1, as editors do)."""

    __slots__ = ("filename", "function", "line", "end_line", "column", "end_column")

    def __init__(self, filename, function, line, end_line, column, end_column):
        self.filename = filename
        self.function = function
        self.line = line
        self.end_line = end_line
        self.column = column
        self.end_column = end_column

    @property
    def text(self):
        """The expression as it stands in the file, or '' where the file is out of reach."""
        import linecache

        line = linecache.getline(self.filename, self.line or 0)
        if self.column is None or self.end_line != self.line:
            return line.strip()
        part = line.encode()[self.column - 1 : self.end_column - 1]
        return part.decode(errors="replace").strip()

    def __str__(self):
        return f"{self.filename}:{self.line}"

    def __repr__(self):
        return f"<Source {self.filename}:{self.line} in {self.function}>"


def locate(code, int instruction):
    """The Source of an instruction, None where there is no code."""
    if code is None:
        return None
    line = end_line = column = end_column = None
    for index, position in enumerate(code.co_positions()):
        if index == instruction // 2:
            line, end_line, column, end_column = position
            break
    return Source(
        code.co_filename, code.co_qualname, line or code.co_firstlineno, end_line,
        None if column is None else column + 1, None if end_column is None else end_column + 1,
    )


def here():
    """The Source of the user's line that is running now."""
    cdef int instruction = 0
    code = calling_code(&instruction)
    return locate(code, instruction)
