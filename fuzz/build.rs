//! Builds the counter of work.

fn main() {
    println!("cargo::rerun-if-changed=src/work.c");
    cc::Build::new().file("src/work.c").compile("work");
    // libFuzzer has a function of the same name, which counts nothing. The linker takes the first one.
    println!("cargo::rustc-link-arg-bins=-Wl,--allow-multiple-definition");
}
