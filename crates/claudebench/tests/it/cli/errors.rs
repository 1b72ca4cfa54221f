//! The pages of `docs/errors/`: one for each code, with the numbers that the server answers with.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use claudebench::transport::answer::{rpc_code, status};
use claudebench_core::Code;
use serde_json::Value;

use super::server::Server;

#[test]
fn each_code_has_its_page_and_a_running_server_serves_it() {
    let server = Server::start();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/errors");
    let names = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name());
    let mut pages: BTreeSet<String> = names.map(|name| name.into_string().unwrap()).collect();
    for code in Code::ALL {
        let name = code.name();
        assert!(pages.remove(&format!("{name}.md")), "docs/errors/{name}.md is missing");
        let text = fs::read_to_string(folder.join(format!("{name}.md"))).unwrap();
        assert!(text.starts_with(&format!("# {name}\n")), "{name}");
        let numbers = format!("| {} | {} |", status(code).as_u16(), rpc_code(code));
        assert!(text.lines().any(|line| line == numbers), "{name} does not say `{numbers}`");
        assert!(text.contains("\n## What to do\n"), "{name}");
        let example = text.split("```json\n").nth(1).and_then(|rest| rest.split("```").next());
        let example: Value = serde_json::from_str(example.unwrap()).expect(name);
        assert_eq!(example["error"]["code"], name);
        assert!(example["error"]["message"].is_string(), "{name}");
        let served = server.json(&["call", "docs.get", "--id", &format!("errors/{name}")]);
        assert!(served.to_string().contains("What to do"), "{name}: {served}");
    }
    assert!(pages.is_empty(), "no code is called so: {pages:?}");
}
