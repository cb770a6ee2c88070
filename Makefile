# CONTRIBUTING.md explains the targets.

PREFIX ?= /usr/local
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
# The tools of the four languages that are measured.
LANGUAGES := ruby ffi node npm javac mvn

export AWS_LC_SYS_NO_JITTER_ENTROPY = 1

# make splits a path at its spaces. It would then write to, or remove, the wrong path.
ifneq ($(words x$(CURDIR) x$(PREFIX) x$(DESTDIR)),3)
$(error the path of this folder, PREFIX or DESTDIR contains a space; use paths without spaces)
endif

.PHONY: lib install uninstall header generate demo demo-all test conformance aarch64 packages bench bench-bindings clean

# Tests, demo and examples link with this staged installation.
lib: $(STATIC) $(NOTICES)
	@$(MAKE) --no-print-directory copy ROOT=$(CURDIR)/$(STAGE)

# The C libraries are built alone, because cargo turns LTO off when it builds an rlib beside them.
# Two settings make the library smaller; neither makes signing slower. A lower threshold for the inliner of the Rust code saves
# 0.15 MB, and costs one per cent more instructions in an exchange. The C code has no unwind tables, because no panic passes through
# it; that saves 0.07 MB. It asks the environment which features of the processor to use, but not in a set-user-ID program.
# Messages of panics contain paths of source files. The prefixes are removed, so that they don't show who built the library.
.PHONY: cargo
cargo: export RUSTFLAGS := $(RUSTFLAGS) --remap-path-prefix=$(or $(CARGO_HOME),$(HOME)/.cargo)=cargo --remap-path-prefix=$(CURDIR)=.
cargo: export AWS_LC_SYS_CFLAGS = $(CFLAGS) -fno-asynchronous-unwind-tables -Dgetenv=secure_getenv
cargo:
	$(CARGO) rustc --release --target-dir $(TARGET) --lib --crate-type cdylib,staticlib --features capi \
	  -- -C llvm-args=-inline-threshold=50

# The static library hides its dependencies' symbols. Otherwise they would clash with another Rust or BoringSSL in the program.
$(STATIC): cargo
	@if [ ! $@ -nt $(BUILT)/libtalkdesk_auth.a ]; then set -e; object=$(BUILT)/talkdesk_auth.o; \
	  ld -r --gc-sections $$(sed 's/^/-u /' tests/symbols.txt) --whole-archive $(BUILT)/libtalkdesk_auth.a -o $$object; \
	  objcopy --keep-global-symbols=tests/symbols.txt --strip-debug -R .llvmbc -R .llvmcmd $$object; \
	  rm -f $@.new; ar rcs $@.new $$object; rm $$object; mv $@.new $@; \
	fi

$(NOTICES): Cargo.lock packaging/notices.py | cargo
	@python3 packaging/notices.py > $@.new && mv $@.new $@

.PHONY: copy
copy:
	install -d $(ROOT)/include $(ROOT)/lib/pkgconfig $(ROOT)/lib/cmake/talkdesk_auth $(ROOT)/share/doc/talkdesk_auth
	install -m 755 $(BUILT)/libtalkdesk_auth.so $(ROOT)/lib/libtalkdesk_auth.so.$(VERSION)
	ln -sf libtalkdesk_auth.so.$(VERSION) $(ROOT)/lib/libtalkdesk_auth.so.$(MAJOR)
	ln -sf libtalkdesk_auth.so.$(MAJOR) $(ROOT)/lib/libtalkdesk_auth.so
	install -m 644 $(STATIC) $(ROOT)/lib/libtalkdesk_auth.a
	install -m 644 include/talkdesk_auth.h include/talkdesk_auth.hpp $(ROOT)/include
	install -m 644 LICENSE OPTIONS.md ERRORS.md $(NOTICES) $(ROOT)/share/doc/talkdesk_auth
	sed 's|@PREFIX@|$(or $(FINAL_PREFIX),$(ROOT))|; s|@VERSION@|$(VERSION)|' packaging/talkdesk_auth.pc.in \
	  > $(ROOT)/lib/pkgconfig/talkdesk_auth.pc
	install -m 644 packaging/talkdesk_authConfig.cmake $(ROOT)/lib/cmake/talkdesk_auth
	sed 's|@VERSION@|$(VERSION)|; s|@MAJOR@|$(MAJOR)|' packaging/talkdesk_authConfigVersion.cmake.in \
	  > $(ROOT)/lib/cmake/talkdesk_auth/talkdesk_authConfigVersion.cmake
	chmod 644 $(ROOT)/lib/pkgconfig/talkdesk_auth.pc $(ROOT)/lib/cmake/talkdesk_auth/talkdesk_authConfigVersion.cmake

# Without cargo, as often under sudo, it copies the files that `make lib` built.
install:
	@if command -v $(CARGO) > /dev/null || [ ! -f $(STATIC) ]; then $(MAKE) --no-print-directory lib; fi
	@$(MAKE) --no-print-directory copy ROOT=$(DESTDIR)$(PREFIX) FINAL_PREFIX=$(abspath $(PREFIX))

uninstall:
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/, include/talkdesk_auth.h include/talkdesk_auth.hpp lib/libtalkdesk_auth.a \
	  lib/libtalkdesk_auth.so lib/libtalkdesk_auth.so.$(MAJOR) lib/libtalkdesk_auth.so.$(VERSION) lib/pkgconfig/talkdesk_auth.pc)
	rm -rf $(DESTDIR)$(PREFIX)/lib/cmake/talkdesk_auth $(DESTDIR)$(PREFIX)/share/doc/talkdesk_auth
	rmdir $(addprefix $(DESTDIR)$(PREFIX)/, lib/cmake lib/pkgconfig share/doc share) 2> /dev/null || true

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
	$(CARGO) bench

bench-bindings:
	@tests/install cc ld python3 venv $(LANGUAGES) jwt
	@benches/bindings/run.py

clean:
	$(CARGO) clean
