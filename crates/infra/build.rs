//! Tests that need a server are ignored, visibly and with a reason, unless its address is given. SQLite is built with the project's
//! flags, or not at all. The weights of the crisis screen are packed.
#[path = "build/weights.rs"]
mod weights;

use std::{env, error::Error};

/// Of `.cargo/config.toml`: those without which everything works, slower or less safely.
const SQLITE_FLAGS: [&str; 2] = ["-DSQLITE_ENABLE_QPSG", "-DSQLITE_THREADSAFE=2"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=../domain/src/screen/hash.rs");
    for (variable, cfg) in [("TEST_DATABASE_URL", "has_postgres"), ("TEST_REDIS_URL", "has_redis")] {
        println!("cargo::rerun-if-env-changed={variable}");
        println!("cargo::rustc-check-cfg=cfg({cfg})");
        if env::var(variable).is_ok_and(|url| !url.is_empty()) {
            println!("cargo::rustc-cfg={cfg}");
        }
    }
    println!("cargo::rerun-if-env-changed=LIBSQLITE3_FLAGS");
    let flags = env::var("LIBSQLITE3_FLAGS").unwrap_or_default();
    if SQLITE_FLAGS.iter().any(|needed| !flags.split_whitespace().any(|flag| flag == *needed)) {
        println!(
            "cargo::error=SQLite would be built without the flags of .cargo/config.toml: build in the project's folder, or set LIBSQLITE3_FLAGS as it says"
        );
    }
    weights::pack()
}
