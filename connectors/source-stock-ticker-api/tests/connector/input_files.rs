//! Input files in another encoding, of another file type, or endless.

use crate::common::*;
use airbyte_sdk::testing::Connector;
use std::ffi::OsString;
use std::path::Path;

/// Asserts that this file is rejected with this message as config, catalog and state.
fn rejected_as_each(connector: &Connector, path: &Path, expected: &str) {
    let config = connector.file("config.json", config("http://127.0.0.1:9").to_string());
    let catalog = connector.file("catalog.json", catalog("full_refresh").to_string());
    let state = connector.file("state.json", "[]");
    for wrong in ["config", "catalog", "state"] {
        let mut arguments: Vec<OsString> = vec!["read".into()];
        for (role, file) in [("config", &config), ("catalog", &catalog), ("state", &state)] {
            arguments.push(format!("--{role}").into());
            arguments.push(if role == wrong { path.into() } else { file.into() });
        }
        let run = connector.run(arguments);
        assert_eq!(run.exit_code, Some(1), "{run}");
        let message = assert_error(&run, "config_error");
        assert!(message.contains(&format!("{wrong} file {}", path.display())), "{message}");
        assert!(message.contains(expected), "{expected}: {message}");
    }
}

#[test]
fn file_in_another_encoding_is_rejected() {
    let connector = connector();
    let text = "{\"api_key\": \"k\"}";
    let utf16 = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let utf32 =
        |bytes: fn(u32) -> [u8; 4]| text.chars().flat_map(|letter| bytes(letter.into())).collect::<Vec<u8>>();
    for (bytes, expected) in [
        ([&b"\xff\xfe"[..], &utf16(u16::to_le_bytes)].concat(), "is encoded as UTF-16; save it as UTF-8"),
        ([&b"\xfe\xff"[..], &utf16(u16::to_be_bytes)].concat(), "is encoded as UTF-16; save it as UTF-8"),
        (utf16(u16::to_le_bytes), "is encoded as UTF-16; save it as UTF-8"),
        (utf16(u16::to_be_bytes), "is encoded as UTF-16; save it as UTF-8"),
        ([&b"\xff\xfe\0\0"[..], &utf32(u32::to_le_bytes)].concat(), "is encoded as UTF-32; save it as UTF-8"),
        (utf32(u32::to_le_bytes), "is encoded as UTF-32; save it as UTF-8"),
        (utf32(u32::to_be_bytes), "is encoded as UTF-32; save it as UTF-8"),
        (
            b"{\n  \"stock\": \"M\xfcller\"}".to_vec(),
            "is not encoded as UTF-8: invalid byte at line 2 column 14; save it as UTF-8",
        ),
    ] {
        rejected_as_each(&connector, &connector.file("odd.json", bytes), expected);
    }
}

#[cfg(unix)]
#[test]
fn socket_or_directory_is_rejected() {
    use std::os::unix::net::UnixListener;
    let connector = connector();
    let socket = connector.file("x", "").with_file_name("socket");
    let _listener = UnixListener::bind(&socket).unwrap();
    rejected_as_each(&connector, &socket, "is a socket, not a file");
    rejected_as_each(&connector, socket.parent().unwrap(), "is a directory, not a file");
}

#[cfg(unix)]
#[test]
fn endless_input_file_is_rejected_at_16_mib() {
    use std::io::Write;
    let connector = connector();
    rejected_as_each(&connector, Path::new("/dev/zero"), "is not JSON");
    let endless = connector.file("x", "").with_file_name("endless");
    assert!(std::process::Command::new("mkfifo").arg(&endless).status().unwrap().success());
    let write = {
        let endless = endless.clone();
        // Until the reader closes the pipe.
        move || {
            let mut pipe = std::fs::OpenOptions::new().write(true).open(endless).unwrap();
            while pipe.write_all(&[b' '; 65_536]).is_ok() {}
        }
    };
    let writer = std::thread::spawn(write);
    let run = connector.run(["discover".into(), "--config".into(), endless.into_os_string()]);
    assert!(assert_error(&run, "config_error").ends_with("is larger than 16 MiB"), "{run}");
    writer.join().unwrap();
}
