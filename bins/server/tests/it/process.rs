//! What the process denies itself.

use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt, chown},
    process::Stdio,
};

use fake_anthropic::{Config, FakeAnthropic};
use tokio::process::Command;

use crate::{database::Database, installation::Installation, server::Server};

/// Debian's `nobody`, and a number without rights anywhere.
const NOBODY: u32 = 65_534;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn there_are_no_core_dumps_and_no_debugger_of_the_same_user() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let installation = Installation::new(Database::Sqlite, &fake.base_url());
    let is_root = rustix::process::getuid().is_root();
    let mut command = installation.command::<&str>(&[]);
    let mut ordinary = Command::new("sleep");
    if is_root {
        // Root may do everything; what counts is what holds for the others. The program is copied to where they can
        // reach it.
        let program = installation.folder().join("latchkey");
        fs::copy(env!("CARGO_BIN_EXE_latchkey"), &program).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        chown(installation.folder(), Some(NOBODY), Some(NOBODY)).unwrap();
        command = copied(&command, &program);
        command.uid(NOBODY).gid(NOBODY);
        ordinary.uid(NOBODY).gid(NOBODY);
    }
    let server = Server::start(command).await;

    let limits = fs::read_to_string(format!("/proc/{}/limits", server.pid())).unwrap();
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .unwrap();
    let sizes: Vec<_> = core.split_whitespace().skip(4).take(2).collect();
    assert_eq!(sizes, ["0", "0"], "{core}");
    let files = limits
        .lines()
        .find(|line| line.starts_with("Max open files"))
        .unwrap();
    let numbers: Vec<_> = files.split_whitespace().skip(3).take(2).collect();
    assert_eq!(
        numbers[0], numbers[1],
        "the soft limit is raised to the hard one: {files}"
    );

    // The kernel gives the files of a process that is not dumpable to root.
    let mut ordinary = ordinary
        .arg("60")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let owner = |pid: u32| fs::metadata(format!("/proc/{pid}/mem")).unwrap().uid();
    let of_ordinary = owner(ordinary.id().unwrap());
    assert_ne!(of_ordinary, 0, "otherwise this test shows nothing");
    assert_eq!(owner(u32::try_from(server.pid()).unwrap()), 0);
    ordinary.kill().await.unwrap();
    server.stop().await;
}

/// The same command with another program file.
fn copied(command: &Command, program: &std::path::Path) -> Command {
    let from = command.as_std();
    let mut copy = Command::new(program);
    copy.env_clear()
        .envs(
            from.get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .current_dir(from.get_current_dir().unwrap())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    copy
}
