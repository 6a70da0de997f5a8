//! The programs that take part beside Redis: two nodes, and an nginx if there is one.
use std::{fs, path::Path, process::Command};
use testing::{Program, RedisServer, TestDb, carebase, free_address, is_ready};

/// From now on the commit of a message takes its time, and one in a hundred fails. A server that tells of a message before
/// it is there, or thinks it stored because it was sent, is found out.
pub fn trouble_commits(database: &TestDb) {
    let mut sql = database.sql();
    for statement in [
        "create function trouble() returns trigger language plpgsql as $$ begin
             perform pg_sleep(random() * 0.012);
             if random() < 0.01 then raise serialization_failure; end if;
             return null;
         end $$",
        "create constraint trigger trouble after insert on messages
             deferrable initially deferred for each row execute function trouble()",
    ] {
        sql.run(statement).unwrap();
    }
}

pub fn node(name: &str, folder: &Path, database: &TestDb, redis: &RedisServer) -> Program {
    let settings = [
        ("DATABASE_URL", database.url()),
        ("REDIS_URL", redis.url()),
        ("SECRET_KEY", "0123456789abcdef0123456789abcdef".to_owned()),
        ("ENCRYPTION_KEYS", "fedcba9876543210fedcba9876543210".to_owned()),
        ("TRUSTED_PROXIES", "127.0.0.1".to_owned()),
        ("RATE_LIMITS", "off".to_owned()),
        ("SOCKET_MESSAGES_PER_SECOND", "1000".to_owned()),
        ("LOG_LEVEL", "warn".to_owned()),
    ];
    carebase(env!("CARGO_BIN_EXE_carebase"), name, folder, settings).started()
}

/// With the configuration that is deployed, in which only addresses and folders are others.
pub fn nginx(folder: &Path, nodes: &[Program; 2]) -> Option<Program> {
    Command::new("nginx").arg("-v").output().ok()?;
    let (address, folder_) = (free_address(), folder.to_owned());
    let mut config = include_str!("../../../../deploy/nginx.conf").to_owned();
    for (deployed, here) in [
        ("node1:8000", nodes[0].address.to_string()),
        ("node2:8000", nodes[1].address.to_string()),
        ("listen 8080 ", format!("listen {address} ")),
        ("/tmp/", format!("{}/", folder.display())),
    ] {
        assert!(config.contains(deployed), "deploy/nginx.conf says nothing of {deployed}");
        config = config.replace(deployed, &here);
    }
    let path = folder.join("nginx.conf");
    fs::write(&path, config).unwrap();
    let nginx = Program::new(folder.join("nginx.log"), address, is_ready, move || {
        let mut command = Command::new("nginx");
        command.args(["-e", "stderr", "-g", "daemon off;", "-p"]).arg(&folder_).arg("-c").arg(&path);
        command
    });
    Some(nginx.started())
}
