# The commands of the project. `make demo` and `make test` need Python 3.11 or newer and a C
# compiler; everything else goes into environments of their own (.venv*), which are made when they
# are missing, used again while they are fresh, and safe to delete.

PYTHON ?= python3
SHELL := /bin/bash
MAKEFLAGS += --no-builtin-rules --no-print-directory
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help demo test check format parity bench debug-test docs package clean

# Marks carry the version of Python: with another one, environments and builds are made anew.
version := $(shell $(PYTHON) -c 'import sys; print(*sys.version_info[:2] * (sys.version_info >= (3, 11)), sep=".")')
ifeq ($(version),)
$(error no Python 3.11 or newer as '$(PYTHON)'; name one: make PYTHON=/path/to/python3)
endif

sources := pyproject.toml meson.build meson.options README.md LICENSE \
    $(shell find src tools -name '*.py' -o -name '*.py[xdi]' -o -name meson.build -o -name py.typed)
pip := -m pip --quiet --disable-pip-version-check
quiet_tests := -q --ignore=tests/parity

demo_ready    := .venv/.installed-$(version)
tools_ready   := .venv-test/.requirements-$(version)
test_ready    := .venv-test/.installed-$(version)
parity_tools  := .venv-parity/.requirements-$(version)
parity_ready  := .venv-parity/.installed-$(version)
docs_tools    := .venv-docs/.requirements-$(version)
docs_ready    := .venv-docs/.installed-$(version)
release_wheel := build/wheel/.built-$(version)
debug_core    := build/debug/.built-$(version)

help:
	@echo 'make demo        real data to a trained network, in an environment of its own'
	@echo 'make test        every test, in an environment of its own'
	@echo 'make check       format, lint, types and import layers'
	@echo 'make format      format the code, and repair what ruff can'
	@echo 'make parity      compare with PyTorch (installs torch)'
	@echo 'make bench       measure speed beside PyTorch (installs torch)'
	@echo 'make debug-test  the tests on a core with bounds and None checks'
	@echo 'make docs        the documentation, as HTML in build/docs'
	@echo 'make package     wheel, source archive and editable install, each in isolation'
	@echo 'make clean       remove builds and environments'

demo: $(demo_ready)
	@.venv/bin/python examples/digits.py

test: $(test_ready)
	@.venv-test/bin/python -m pytest $(quiet_tests) tests

check: $(tools_ready)
	@.venv-test/bin/ruff format --check --quiet . || { echo 'make format puts this right'; exit 1; }
	@.venv-test/bin/ruff check --quiet .
	@.venv-test/bin/mypy
	@.venv-test/bin/python tools/check_layers.py
	@.venv-test/bin/python tools/check_lines.py

format: $(tools_ready)
	@.venv-test/bin/ruff check --quiet --fix . || true
	@.venv-test/bin/ruff format --quiet .

# What is in PYTHONPATH comes before what is installed: the same environment, another core.
debug-test: $(debug_core) $(test_ready)
	@PYTHONPATH="$(CURDIR)/build/debug/site" CHAINRULE_CORE=debug \
	    .venv-test/bin/python -X faulthandler -m pytest $(quiet_tests) tests

parity: $(parity_ready)
	@.venv-parity/bin/python -m pytest -q tests/parity

bench: $(parity_ready)
	@.venv-parity/bin/python -m benchmarks

docs: $(docs_ready)
	@.venv-docs/bin/sphinx-build --quiet --fail-on-warning --keep-going docs build/docs
	@echo 'build/docs/index.html'

package:
	@PYTHON=$(PYTHON) tools/check_package.sh

clean:
	rm -rf build dist .venv .venv-test .venv-parity .venv-docs
	find src -name '*.so' -delete

# $(call environment,FOLDER,EXTRAS): a new virtual environment with the requirements of EXTRAS.
define environment
	@echo '$(1): a new environment for Python $(version)'
	@rm -rf $(1)
	@$(PYTHON) -m venv $(1)
	@$(PYTHON) tools/requirements.py $(2) > $(1)/requirements.txt
	@$(1)/bin/python $(pip) install -r $(1)/requirements.txt
	@touch $@
endef

# $(call build,COMMAND,OPTIONS): pip's COMMAND on the source tree, with the tools of .venv-test.
build = PATH="$(CURDIR)/.venv-test/bin:$$PATH" .venv-test/bin/python $(pip) $(1) \
    --no-deps --no-build-isolation $(foreach option,$(2),--config-settings=$(option)) .

# As a user would: pip makes an isolated environment for the build.
$(demo_ready): $(sources)
	@echo '.venv: installing chainrule and what its examples use'
	@test -e $@ || { rm -rf .venv && $(PYTHON) -m venv .venv; }
	@.venv/bin/python $(pip) install '.[examples]'
	@touch $@

$(tools_ready): pyproject.toml tools/requirements.py
	$(call environment,.venv-test,dev)

$(parity_tools): pyproject.toml tools/requirements.py
	$(call environment,.venv-parity,parity)

$(docs_tools): pyproject.toml tools/requirements.py
	$(call environment,.venv-docs,docs)

# One build serves every environment; an edit builds again only what it touches.
$(release_wheel): $(sources) $(tools_ready)
	@echo 'build/wheel: building chainrule'
	@rm -rf build/wheel
	@$(call build,wheel --wheel-dir build/wheel,build-dir=build/release-$(version))
	@touch $@

$(debug_core): $(sources) $(tools_ready)
	@echo 'build/debug: building chainrule with bounds and None checks'
	@rm -rf build/debug
	@$(call build,install --target build/debug/site,build-dir=build/debug-$(version) setup-args=-Dchecks=true)
	@touch $@

$(test_ready) $(parity_ready) $(docs_ready): %/.installed-$(version): %/.requirements-$(version) $(release_wheel)
	@$*/bin/python $(pip) install --no-deps --force-reinstall build/wheel/*.whl
	@touch $@
