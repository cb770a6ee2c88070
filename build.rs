//! With the feature `capi`, writes the C header to OUT_DIR.

#[cfg(feature = "capi")]
use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=AWS_LC_SYS_NO_JITTER_ENTROPY");
    #[cfg(feature = "capi")]
    capi();
}

#[cfg(feature = "capi")]
fn capi() {
    // The C libraries promise to seed from the kernel (SECURITY.md). The setting is lost if cargo runs outside this folder.
    if env::var("AWS_LC_SYS_NO_JITTER_ENTROPY").as_deref() != Ok("1") {
        panic!("set AWS_LC_SYS_NO_JITTER_ENTROPY=1, or run cargo or make in the project's own folder, which sets it");
    }
    let version = env::var("CARGO_PKG_VERSION").expect("cargo sets it");
    println!("cargo::rerun-if-changed=src/ffi");
    println!("cargo::rerun-if-changed=cbindgen.toml");
    header(&version);
}

#[cfg(feature = "capi")]
fn header(version: &str) {
    let root = env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let mut config =
        cbindgen::Config::from_file(format!("{root}/cbindgen.toml")).expect("cbindgen.toml is well-formed");
    let mut numbers = version.split('.');
    let mut number = || numbers.next().expect("a version has three parts");
    let version = format!(
        "\n/** The version of this header. td_version() returns the version of the library. */\n\
         #define TD_VERSION \"{version}\"\n\
         #define TD_VERSION_MAJOR {}\n#define TD_VERSION_MINOR {}\n#define TD_VERSION_PATCH {}\n",
        number(),
        number(),
        number(),
    );
    config.after_includes = Some(version + &config.after_includes.take().unwrap_or_default());
    // Only src/ffi: other sources have types that are not part of the C API.
    let header = cbindgen::Builder::new()
        .with_src(format!("{root}/src/ffi/mod.rs"))
        .with_config(config)
        .generate()
        .expect("the header is generated");
    let out = env::var("OUT_DIR").expect("cargo sets it");
    header.write_to_file(format!("{out}/talkdesk_auth.h"));
}
