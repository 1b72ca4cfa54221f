//! Layers, exemptions, changes, and each matcher by itself.

use claudebench_hooks::{Action, Layer, Outcome, Rules, ToolCall, Verdict};
use serde_json::{Value, json};

fn with(layer: Layer, text: &str) -> Rules {
    Rules::builtin().unwrap().with(layer, text).unwrap()
}

fn judge(rules: &Rules, tool: &str, input: &Value) -> Verdict {
    let (cwd, home) = (Some("/home/u/project"), Some("/home/u"));
    rules.judge(&ToolCall { tool, input, cwd, home })
}

fn bash(rules: &Rules, command: &str) -> (Action, String) {
    let verdict = judge(rules, "Bash", &json!({ "command": command }));
    (verdict.action, verdict.rule.map(|r| r.name).unwrap_or_default())
}

/// One rule on Bash that denies when this holds.
fn denies(when: &str, command: &str) -> bool {
    let text =
        format!("[[hook.rule]]\nname = \"a\"\ntools = \"bash\"\nwhen = {when}\naction = \"deny\"");
    let rules = Rules::none().with(Layer::Tenant, &text).unwrap();
    bash(&rules, command).0 == Action::Deny
}

#[test]
fn a_later_layer_adds_replaces_and_switches_off() {
    let tenant = with(
        Layer::Tenant,
        r#"
        [[hook.rule]]
        name = "no-push"
        tools = "bash"
        when = { command = "git", arguments = "push", flags_any = "f|force" }
        action = "deny"
        [[hook.rule]]
        name = "strip-sudo"
        enabled = false
        [[hook.rule]]
        name = "large-file"
        tools = "bash"
        when = { arguments = "*huge*" }
        action = "ask"
        "#,
    );
    assert_eq!(bash(&tenant, "git push --force").0, Action::Deny);
    assert_eq!(bash(&tenant, "git push --follow-tags").0, Action::Allow);
    assert_eq!(bash(&tenant, "sudo ls").0, Action::Allow);
    assert_eq!(bash(&tenant, "cat large-file").0, Action::Allow);
    assert_eq!(bash(&tenant, "cat huge").0, Action::Ask);
    let repository = tenant
        .with(Layer::Repository, "[[hook.rule]]\nname = \"no-push\"\nenabled = false")
        .unwrap();
    assert_eq!(bash(&repository, "git push --force").0, Action::Allow);
    assert_eq!(bash(&repository, "cat huge").0, Action::Ask);
    let rule = repository.names().find(|r| r.name == "large-file").unwrap();
    assert_eq!(rule.layer, Layer::Tenant);
    assert!(repository.with(Layer::Tenant, "").is_err());
    assert!(repository.with(Layer::Repository, "").is_err());
}

#[test]
fn what_is_locked_stays() {
    let text = "[[hook.rule]]\nname = \"a\"\ntools = \"bash\"\nwhen = { command = \"x\" }\naction = \"deny\"\nlocked = true\n";
    let tenant = with(Layer::Tenant, text);
    for change in [
        "[[hook.rule]]\nname = \"a\"\nenabled = false".to_owned(),
        text.replace("deny", "warn"),
        "[[hook.rule]]\nname = \"b\"\ntools = \"bash\"\naction = \"allow\"\nexempts = \"a\""
            .to_owned(),
    ] {
        let error = tenant.with(Layer::Repository, &change).unwrap_err();
        assert!(error.reason.contains("`a` is locked by an earlier layer"), "{error}");
    }
}

#[test]
fn an_exemption_holds_for_the_same_command_and_the_named_rules_alone() {
    let rules = with(
        Layer::Repository,
        r#"
        [[hook.rule]]
        name = "clean"
        tools = "bash"
        when = { command = "rm", only_arguments = ["./build/**", "./node_modules/**"] }
        action = "allow"
        exempts = "rm-recursive-force"
        "#,
    );
    for command in [
        "rm -rf build",
        "rm -rf ./build/ node_modules",
        "rm -rf /home/u/project/build",
        "rm -rf build/*",
        "cd src && cd .. && rm -rf build; ls",
        "(cd /) && rm -rf build",
    ] {
        assert_eq!(bash(&rules, command), (Action::Allow, "clean".to_owned()), "{command}");
    }
    for command in [
        "rm -rf build /",
        "rm -rf build; rm -rf /",
        "rm -rf build/../..",
        "rm -rf build/$X",
        "rm -rf $X",
        "rm -rf build/.*",
        "rm -rf buildx",
        "rm -rf",
        "sudo rm -rf build",
        "rm -rf build $(rm -rf /)",
        "cd / && rm -rf build",
        "cd $X && rm -rf build",
        "env -C / rm -rf build",
        "sudo --chdir=/ rm -rf build",
        "ssh host rm -rf build",
    ] {
        assert_eq!(bash(&rules, command).0, Action::Deny, "{command}");
    }
    let verdict = judge(&rules, "Bash", &json!({"command": "rm -rf build"}));
    let trace = verdict.trace.iter().find(|t| t.rule.name == "rm-recursive-force").unwrap();
    assert_eq!(trace.outcome, Outcome::Exempted);
}

#[test]
fn an_allow_without_exemption_lets_nothing_through() {
    let rules = with(
        Layer::Repository,
        "[[hook.rule]]\nname = \"all\"\ntools = \"*\"\naction = \"allow\"\n",
    );
    assert_eq!(bash(&rules, "rm -rf /"), (Action::Deny, "rm-recursive-force".to_owned()));
    assert_eq!(bash(&rules, "ls"), (Action::Allow, "all".to_owned()));
}

#[test]
fn the_strictest_wins() {
    let rule = |name: &str, action: &str| {
        format!(
            "[[hook.rule]]\nname = \"{name}\"\ntools = \"bash\"\naction = \"{action}\"\nmodify = {{ replace = {{ field = \"command\", pattern = \"a\", with = \"b\" }} }}\n"
        )
    };
    let plain = |name: &str, action: &str| {
        rule(name, action).lines().take(4).collect::<Vec<_>>().join("\n") + "\n"
    };
    let all = [
        plain("r-allow", "allow"),
        plain("r-warn", "warn"),
        rule("r-modify", "modify"),
        plain("r-ask", "ask"),
        plain("r-deny", "deny"),
    ];
    for last in 0..all.len() {
        for order in [all[..=last].to_vec(), all[..=last].iter().rev().cloned().collect()] {
            let rules = Rules::none().with(Layer::Tenant, &order.concat()).unwrap();
            let want = ["r-allow", "r-warn", "r-modify", "r-ask", "r-deny"][last];
            assert_eq!(bash(&rules, "a").1, want);
        }
    }
}

#[test]
fn each_condition_holds_of_what_it_says() {
    for (when, good, bad) in [
        (r#"{ command = ["a", "b*"] }"#, "bc", "c"),
        (r#"{ command = ["b*", "!bad"] }"#, "bc", "bad"),
        (r#"{ command = "re:^x[0-9]$" }"#, "x1", "xx"),
        (r#"{ flags_all = ["r", "f|force"] }"#, "x -r --force", "x -r"),
        (r#"{ flags_any = ["r", "f"] }"#, "x -f", "x -g"),
        (r#"{ arguments = "a*" }"#, "x b ab", "x b"),
        (r#"{ arguments = "/etc/**" }"#, "x --file=/usr/../etc/y", "x /usr/etc"),
        (r#"{ last_argument = "a" }"#, "x b a", "x a b"),
        (r#"{ only_arguments = ["a", "b"] }"#, "x -f a b", "x a c"),
        (r#"{ through = "nice" }"#, "nice x", "x nice"),
        (r#"{ writes_to = "./out/**" }"#, "x > out/y", "x > y"),
        (r#"{ writes_to = "~/.ssh/**" }"#, "x > ~/.ssh/config", "x > ~/y"),
        (r#"{ writes_to = "**/.env" }"#, "tee sub/.env", "tee sub/env"),
        (r#"{ pipes_into = ["b"] }"#, "a | c | b", "b | a"),
        (r#"{ pipes_into = "b" }"#, "(a | b) | c", "(b; c) | a"),
        (r#"{ stdin = "re:secret" }"#, "x <<< 'a secret'", "x secret"),
        (r#"{ unknown = "command" }"#, "$X", "x $X"),
        (r#"{ unknown = ["command", "script"] }"#, "x | sh", "sh x"),
        (r#"{ command = "a", not = { flags_any = "n" } }"#, "a", "a -n"),
        (r#"{ command = "a", not = [{ flags_any = "n" }, { arguments = "m" }] }"#, "a x", "a m"),
        (r#"{ all = [{ arguments = "a" }, { arguments = "b" }] }"#, "x b a", "x a"),
        (r#"[{ command = "a" }, { command = "b" }]"#, "b", "c"),
        (r#"{ larger_than = 3 }"#, "abcd", "abc"),
    ] {
        assert!(denies(when, good), "{when} {good}");
        assert!(!denies(when, bad), "{when} {bad}");
    }
}

#[test]
fn fields_of_the_input_are_found_by_their_place() {
    let input = json!({"content": "x TOKEN y", "edits": [{"new_string": "deep"}], "n": 7});
    for (field, pattern, want) in [
        ("content", "re:token", true),
        ("content", "token", false),
        ("edits.*.new_string", "deep", true),
        ("edits.0.new_string", "deep", true),
        ("edits.1.new_string", "deep", false),
        ("**", "deep", true),
        ("**", "shallow", false),
        ("n", "7", true),
    ] {
        let text = format!(
            "[[hook.rule]]\nname = \"a\"\ntools = \"*\"\naction = \"deny\"\nwhen = {{ input = {{ \"{field}\" = \"{pattern}\" }} }}"
        );
        let rules = Rules::none().with(Layer::Tenant, &text).unwrap();
        let denied = judge(&rules, "mcp__x__y", &input).action == Action::Deny;
        assert_eq!(denied, want, "{field} {pattern}");
    }
}

#[test]
fn what_is_unknown_asks_unless_the_rule_lets_it_pass() {
    let text = "[[hook.rule]]\nname = \"a\"\ntools = \"bash\"\naction = \"deny\"\nwhen = { command = \"x\", arguments = \"/etc/**\" }\n";
    let rules = Rules::none().with(Layer::Tenant, text).unwrap();
    assert_eq!(bash(&rules, "x $Y").0, Action::Ask);
    assert_eq!(bash(&rules, "x /etc/$Y").0, Action::Deny);
    assert_eq!(bash(&rules, "x /tmp/$Y").0, Action::Allow);
    assert_eq!(bash(&rules, "x /e*/y").0, Action::Ask);
    let passes = format!("{text}if_unknown = \"pass\"");
    let rules = Rules::none().with(Layer::Tenant, &passes).unwrap();
    assert_eq!(bash(&rules, "x $Y").0, Action::Allow);
}

#[test]
fn a_field_is_replaced_and_what_comes_out_is_judged() {
    let text = r#"
        [[hook.rule]]
        name = "use-trash"
        tools = "bash"
        action = "modify"
        modify = { replace = { field = "command", pattern = '^trash (\S+)', with = "WITH $1" } }
    "#;
    let rules = with(Layer::Tenant, &text.replace("WITH", "gio trash"));
    let verdict = judge(&rules, "Bash", &json!({"command": "trash x y", "timeout": 5}));
    assert_eq!(verdict.action, Action::Modify);
    assert_eq!(verdict.modified, Some(json!({"command": "gio trash x y", "timeout": 5})));
    let rules = with(Layer::Tenant, &text.replace("WITH", "rm -rf"));
    let verdict = judge(&rules, "Bash", &json!({"command": "trash x"}));
    assert_eq!((verdict.action, verdict.modified), (Action::Deny, None));
}

#[test]
fn an_exemption_does_not_reach_a_later_layer() {
    let tenant = with(
        Layer::Tenant,
        "[[hook.rule]]\nname = \"may\"\ntools = \"bash\"\naction = \"allow\"\nexempts = \"rm-recursive-force\"",
    );
    assert_eq!(bash(&tenant, "rm -rf x").0, Action::Allow);
    let own = "[[hook.rule]]\nname = \"rm-recursive-force\"\ntools = \"bash\"\nwhen = { command = \"rm\" }\naction = \"deny\"";
    let repository = tenant.with(Layer::Repository, own).unwrap();
    assert_eq!(bash(&repository, "rm -rf x").0, Action::Deny);
}
