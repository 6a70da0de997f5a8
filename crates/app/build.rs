//! Tests that need a server are ignored, visibly and with a reason, unless its address is given.
fn main() {
    for (variable, cfg) in [("TEST_DATABASE_URL", "has_postgres"), ("TEST_REDIS_URL", "has_redis")] {
        println!("cargo::rerun-if-env-changed={variable}");
        println!("cargo::rustc-check-cfg=cfg({cfg})");
        if std::env::var(variable).is_ok_and(|url| !url.is_empty()) {
            println!("cargo::rustc-cfg={cfg}");
        }
    }
}
