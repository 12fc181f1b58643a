#!/usr/bin/env bash
# Build and install the package the three ways that users do, each isolated from what is installed here:
# a wheel, a source archive, an editable install. PYTHON names the interpreter.
set -euo pipefail
cd "$(dirname "$0")/.."

python=$(command -v "${PYTHON:-python3}")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

fail() {
    echo "check_package.sh: $*" >&2
    exit 1
}

pip() {
    "$scratch/environment/bin/python" -m pip --quiet --disable-pip-version-check "$@"
}

# Runs outside the tree, so that only what is installed can be imported.
run() {
    (cd "$scratch" && environment/bin/python "$@")
}

# What a clone would hold: files that git knows, or would add, as they are now.
tree=$scratch/tree
mkdir "$tree"
git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
    [ ! -e "$file" ] || printf '%s\0' "$file"
done | tar --create --null --files-from=- | tar --extract --directory "$tree"
git -C "$tree" init --quiet
git -C "$tree" add --all
git -C "$tree" -c user.name=package -c user.email=package@localhost commit --quiet --message tree

"$python" -m venv "$scratch/environment"

echo 'wheel'
pip wheel --no-deps --wheel-dir "$scratch/wheel" "$tree"
"$python" tools/check_wheel.py "$scratch"/wheel/*.whl "$tree/src"
[ -z "$(git -C "$tree" status --short)" ] || fail "the build leaves files in the tree"

echo 'source archive'
pip install build
run -m build --sdist --outdir "$scratch/archive" "$tree" >"$scratch/log" 2>&1 || { cat "$scratch/log"; exit 1; }
pip install "$scratch"/archive/*.tar.gz
run -c 'import chainrule; print(chainrule.ones(2) * 2)'
pip uninstall --yes chainrule

echo 'editable install'
pip install --editable "$tree"
run -c 'import chainrule; print(chainrule.ones(2) * 2)'
echo "raise SystemExit('edited')" >"$tree/src/chainrule/version.py"
! run -c 'import chainrule' 2>"$scratch/log" || fail "an edit does not show in the editable install"
grep --quiet edited "$scratch/log" || fail "$(cat "$scratch/log")"
