# CONTRIBUTING.md explains the targets.

PREFIX ?= /usr/local
LIBDIR ?= lib
DESTDIR ?=

VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
MAJOR := $(firstword $(subst ., ,$(VERSION)))

STAGE := target/c
# A separate folder: cargo gives the C library the same name with any features, so another release build would overwrite it.
TARGET := target/capi
BUILT := $(TARGET)/release
STATIC := $(BUILT)/libtalkdesk_auth.static.a
NOTICES := $(BUILT)/THIRD-PARTY.txt
CARGO ?= cargo
# The tools of the four languages that the benchmarks use.
LANGUAGES := ruby ffi node npm javac mvn

export AWS_LC_SYS_NO_JITTER_ENTROPY = 1

# make splits a path at its spaces. It would then write to, or remove, the wrong path.
ifneq ($(words x$(CURDIR) x$(PREFIX) x$(LIBDIR) x$(DESTDIR)),4)
$(error the path of this folder, PREFIX, LIBDIR or DESTDIR contains a space; use paths without spaces)
endif

# A relative PREFIX is below this folder, and a relative LIBDIR below PREFIX.
override PREFIX := $(abspath $(PREFIX))
override LIBDIR := $(abspath $(if $(filter /%,$(LIBDIR)),,$(PREFIX)/)$(LIBDIR))
override DESTDIR := $(abspath $(DESTDIR))
INSTALLED := $(DESTDIR)$(PREFIX)
INSTALLED_LIB := $(DESTDIR)$(LIBDIR)
INSTALLED_DOC := $(INSTALLED)/share/doc/talkdesk_auth
INSTALLED_CMAKE := $(INSTALLED_LIB)/cmake/talkdesk_auth

.PHONY: lib install uninstall header generate demo demo-all test conformance sanitize fuzz aarch64 packages bench bench-bindings clean

# Tests, demo and examples link with this staged installation.
lib: $(STATIC) $(NOTICES)
	@$(MAKE) --no-print-directory copy DESTDIR= PREFIX=$(STAGE) LIBDIR=lib

# The C libraries are built alone, because cargo turns LTO off when it builds an rlib beside them. Cargo.toml does not name them, because
# they would also be built for every Rust program that depends on the crate.
# The shared library is never unloaded, because its code may still run after that: a name resolution, the panic hook.
# Two settings make the library smaller; neither makes signing slower. A lower threshold for the inliner of the Rust code saves
# 0.15 MB, and costs one per cent more instructions in an exchange. The C code has no unwind tables, because no panic passes through
# it; that saves 0.07 MB. It asks the environment which features of the processor to use, but not in a set-user-ID program.
# Messages of panics contain paths of source files. The prefixes are removed, so that they don't show who built the library.
.PHONY: cargo
cargo: export RUSTFLAGS := $(RUSTFLAGS) --remap-path-prefix=$(or $(CARGO_HOME),$(HOME)/.cargo)=cargo --remap-path-prefix=$(CURDIR)=.
cargo: export AWS_LC_SYS_CFLAGS = $(CFLAGS) -fno-asynchronous-unwind-tables -Dgetenv=secure_getenv
cargo:
	$(CARGO) rustc --release --target-dir $(TARGET) --lib --crate-type cdylib,staticlib --features capi \
	  -- -C llvm-args=-inline-threshold=50 \
	  -C link-arg=-Wl,-soname,libtalkdesk_auth.so.$(MAJOR) -C link-arg=-Wl,-z,nodelete

# The static library hides its dependencies' symbols. Otherwise they would clash with another Rust or BoringSSL in the program. Nor
# may it have groups of sections, because the linker would keep the group of the first library and its symbols, which are hidden here.
$(STATIC): cargo
	@if [ ! $@ -nt $(BUILT)/libtalkdesk_auth.a ] || [ ! $@ -nt Makefile ]; then set -e; object=$(BUILT)/talkdesk_auth.o; \
	  ld -r --gc-sections --force-group-allocation $$(sed 's/^/-u /' tests/symbols.txt) --whole-archive $(BUILT)/libtalkdesk_auth.a -o $$object; \
	  objcopy --keep-global-symbols=tests/symbols.txt --strip-debug -R .llvmbc -R .llvmcmd $$object; \
	  rm -f $@.new; ar rcs $@.new $$object; rm $$object; mv $@.new $@; \
	fi

$(NOTICES): Cargo.lock packaging/notices.py | cargo
	@python3 packaging/notices.py > $@.new && mv $@.new $@

# The files for pkg-config and CMake name each other relative to the prefix, so that an installation may be moved.
.PHONY: copy
copy:
	install -d $(INSTALLED)/include $(INSTALLED_LIB)/pkgconfig $(INSTALLED_CMAKE) $(INSTALLED_DOC)
	install -m 755 $(BUILT)/libtalkdesk_auth.so $(INSTALLED_LIB)/libtalkdesk_auth.so.$(VERSION)
	ln -sf libtalkdesk_auth.so.$(VERSION) $(INSTALLED_LIB)/libtalkdesk_auth.so.$(MAJOR)
	ln -sf libtalkdesk_auth.so.$(MAJOR) $(INSTALLED_LIB)/libtalkdesk_auth.so
	install -m 644 $(STATIC) $(INSTALLED_LIB)/libtalkdesk_auth.a
	install -m 644 include/talkdesk_auth.h include/talkdesk_auth.hpp $(INSTALLED)/include
	install -m 644 LICENSE OPTIONS.md ERRORS.md packaging/valgrind.supp $(NOTICES) $(INSTALLED_DOC)
	sed 's|@PREFIX@|$(PREFIX)|; s|@LIBDIR@|$(patsubst $(PREFIX)/%,$${prefix}/%,$(LIBDIR))|; s|@VERSION@|$(VERSION)|' \
	  packaging/talkdesk_auth.pc.in > $(INSTALLED_LIB)/pkgconfig/talkdesk_auth.pc
	sed "s|@INCLUDE@|$$(realpath -sm --relative-to $(LIBDIR)/cmake/talkdesk_auth $(PREFIX)/include)|" \
	  packaging/talkdesk_authConfig.cmake.in > $(INSTALLED_CMAKE)/talkdesk_authConfig.cmake
	sed 's|@VERSION@|$(VERSION)|; s|@MAJOR@|$(MAJOR)|' packaging/talkdesk_authConfigVersion.cmake.in \
	  > $(INSTALLED_CMAKE)/talkdesk_authConfigVersion.cmake
	chmod 644 $(INSTALLED_LIB)/pkgconfig/talkdesk_auth.pc $(INSTALLED_CMAKE)/*

# Without cargo, as often under sudo, it copies the files that `make lib` built.
install:
	@if command -v $(CARGO) > /dev/null || [ ! -f $(STATIC) ]; then $(MAKE) --no-print-directory lib; fi
	@$(MAKE) --no-print-directory copy

uninstall:
	rm -f $(addprefix $(INSTALLED)/include/, talkdesk_auth.h talkdesk_auth.hpp) $(addprefix $(INSTALLED_LIB)/, libtalkdesk_auth.a \
	  libtalkdesk_auth.so libtalkdesk_auth.so.$(MAJOR) libtalkdesk_auth.so.$(VERSION) pkgconfig/talkdesk_auth.pc)
	rm -rf $(INSTALLED_CMAKE) $(INSTALLED_DOC)
	rmdir $(INSTALLED_LIB)/cmake $(INSTALLED_LIB)/pkgconfig $(INSTALLED)/share/doc $(INSTALLED)/share 2> /dev/null || true

# Needs Rust, a C compiler and Python 3. Leaves out the examples whose tools are missing.
demo: lib
	$(CARGO) build --example token-endpoint
	@python3 examples/demo.py

# Runs the examples of every language, and first installs their tools and dependencies.
demo-all:
	@tests/install cc c++ ld python3 $(LANGUAGES) clojure
	@$(MAKE) --no-print-directory lib
	@mvn --quiet --batch-mode -Dstyle.color=never -f bindings/java -Dmaven.repo.local=$(CURDIR)/target/java/repository \
	  org.apache.maven.plugins:maven-dependency-plugin:3.8.1:resolve -DincludeScope=runtime
	@[ -d target/node/node_modules/koffi ] || npm install --silent --no-save --no-package-lock --prefix target/node \
	  "koffi@$$(node -p "require('./bindings/node/package.json').dependencies.koffi")"
	$(CARGO) build --example token-endpoint
	@python3 examples/demo.py --all

# Installs missing tools, builds, and runs every test of every language.
test:
	@tests/run

conformance:
	@python3 tests/conformance/run.py

# Not part of `make test`, because it builds the library and its dependencies once more.
sanitize:
	@tests/sanitize

# Not part of `make test`, which replays the inputs that are kept in fuzz/corpus.
fuzz:
	@tests/fuzz $(FUZZ_TARGETS)

# Not part of `make test`, because it needs a cross compiler and an emulator.
aarch64:
	@tests/aarch64

# Builds the package of each binding into dist/.
packages:
	@set -e; for binding in bindings/*/; do $(MAKE) --no-print-directory -C $$binding package; done

# The header comes last, because its lists are rendered too.
generate:
	UPDATE=1 $(CARGO) test --quiet --features capi --test generated
	@$(MAKE) --no-print-directory header

header:
	cp "$$($(CARGO) check --lib --features capi --message-format json \
	  | sed -n 's/.*"build-script-executed".*talkdesk_auth[#@][0-9].*"out_dir":"\([^"]*\)".*/\1/p')/talkdesk_auth.h" include

bench:
	@tests/install cc ld python3 venv $(LANGUAGES) jwt pkg-config curl.h evp.h
	$(CARGO) bench
	@benches/bindings/exchanges.py

bench-bindings:
	@tests/install cc ld python3 venv $(LANGUAGES) jwt
	@benches/bindings/run.py

clean:
	$(CARGO) clean
