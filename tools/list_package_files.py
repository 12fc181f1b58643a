"""List the files of the package that are installed as they are, one a line.

Apart, because meson cannot list a folder by itself: `src/chainrule/meson.build` runs this.
"""

import sys
from pathlib import Path

package = Path(sys.argv[1])
for path in sorted(package.rglob("*")):
    if path.suffix in {".css", ".html", ".js", ".py", ".pyi"} or path.name == "py.typed":
        print(path.relative_to(package).as_posix())
