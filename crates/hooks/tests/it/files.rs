//! Rule files that are refused: where, and why.

use claudebench_hooks::{Layer, Rules};

/// A rule with this in it, on its fourth line.
fn rule(line: &str) -> String {
    format!("[[hook.rule]]\nname = \"a\"\ntools = \"bash\"\n{line}\naction = \"deny\"\n")
}

#[test]
fn a_file_that_is_not_in_order_is_refused_with_the_place() {
    let plain = "[[hook.rule]]\nname = \"a\"\ntools = \"bash\"\naction = \"warn\"\n";
    let cases = [
        ("[[hook.rule]\n".to_owned(), 1, 13, "]"),
        ("\nx = 1\n".to_owned(), 2, 1, "unknown field `x`"),
        ("[hook]\nrules = []\n".to_owned(), 2, 1, "unknown field `rules`"),
        (rule("color = 1"), 4, 1, "unknown field `color`"),
        (rule("when = { comand = \"rm\" }"), 4, 10, "unknown field `comand`"),
        (rule("when = { command = 3 }"), 4, 20, "invalid type: integer `3`"),
        (rule("when = { command = [] }"), 4, 20, "an empty list matches nothing"),
        (rule("when = { command = [\"a\", \"re:(\"] }"), 4, 26, "not a regular expression"),
        (rule("when = { command = 're:\\w{99999}' }"), 4, 20, "too large"),
        (rule("when = { command = \"[a\" }"), 4, 20, "`[` is not closed"),
        (rule("when = { path = \"../x\" }"), 4, 17, "without `..`"),
        (rule("when = { flags_all = \"-r\" }"), 4, 22, "flags are written without `-`"),
        (rule("when = { unknown = \"x\" }"), 4, 20, "expected \"command\" or \"script\""),
        (rule("when = { path = \"/x\", command = \"a\" }"), 2, 8, "need a rule each"),
        (rule("severity = \"bad\""), 4, 12, "unknown variant `bad`"),
        (rule("exempts = \"b\""), 5, 10, "only a rule that allows"),
        (rule("modify = { strip = \"sudo\" }"), 4, 10, "the action is not \"modify\""),
        (rule("if_unknown = \"deny\""), 4, 14, "unknown variant `deny`"),
        (format!("{plain}{plain}"), 6, 8, "there are two rules `a`"),
        ("[[hook.rule]]\nname = \"a\"\n".to_owned(), 2, 8, "the rule has no `tools`"),
        ("[[hook.rule]]\nname = \"a\"\ntools = \"x\"\n".to_owned(), 2, 8, "no `action`"),
        ("[[hook.rule]]\ntools = \"x\"\n".to_owned(), 1, 1, "missing field `name`"),
        (plain.replace("\"a\"", "\"é b\""), 2, 8, "letters, digits"),
        (plain.replace("\"a\"", "\"unreadable\""), 2, 8, "is taken"),
        (plain.replace("warn", "modify"), 2, 8, "has no `modify`"),
        (plain.replace("warn", "block"), 4, 10, "unknown variant `block`"),
        ("[[hook.rule]]\nname = \"no\"\nenabled = false\n".to_owned(), 2, 8, "no rule `no`"),
        (format!("{plain}exempts = \"no\"\n").replace("warn", "allow"), 5, 11, "no rule `no`"),
        ("# é\n# ü".to_owned() + &" ".repeat(256 * 1024), 1, 1, "longer than 256 KiB"),
    ];
    let rules = Rules::builtin().unwrap();
    for (text, line, column, reason) in cases {
        let error = rules.with(Layer::Tenant, &text).unwrap_err();
        let start: String = text.chars().take(200).collect();
        assert_eq!((error.line, error.column), (line, column), "{start}\n{error}");
        assert!(error.reason.contains(reason), "{start}\n{error}");
        assert_eq!(error.layer, Layer::Tenant);
    }
}

#[test]
fn a_refused_file_leaves_the_rules_as_they_are() {
    let rules = Rules::builtin().unwrap();
    let before: Vec<_> = rules.names().cloned().collect();
    let text = "[[hook.rule]]\nname = \"strip-sudo\"\nenabled = false\n[[hook.rule]]\nname = 1\n";
    let error = rules.with(Layer::Repository, text).unwrap_err();
    assert_eq!(
        error.to_string(),
        "rules of the repository, line 5, column 8: invalid type: integer `1`, expected a string"
    );
    assert_eq!(rules.names().cloned().collect::<Vec<_>>(), before);
}

#[test]
fn the_rules_that_come_with_it_are_in_order() {
    // As those of a file they are checked at once; as the program's own, when they are needed.
    let text = Rules::builtin_text();
    let checked = Rules::none().with(Layer::Server, text).unwrap();
    assert_eq!(checked.names().count(), Rules::builtin().unwrap().names().count());
    let error = Rules::none().with(Layer::Default, text).unwrap_err();
    assert!(error.reason.contains("no file's"), "{error}");
}

#[test]
fn many_rules_are_refused() {
    let one = "[[hook.rule]]\nname = \"NAME\"\ntools = \"x\"\naction = \"warn\"\n";
    let text: String = (0..501).map(|n| one.replace("NAME", &format!("r{n}"))).collect();
    let error = Rules::none().with(Layer::Tenant, &text).unwrap_err();
    assert!(error.reason.contains("more than 500"), "{error}");
}

#[test]
fn the_examples_of_the_page_are_in_order() {
    let page = include_str!("../../../../docs/hook-rules.md");
    let examples: Vec<&str> =
        page.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(examples.len() >= 3, "{examples:?}");
    let rules = Rules::builtin().unwrap().with(Layer::Tenant, &examples.concat()).unwrap();
    for rule in Rules::builtin().unwrap().names().filter(|r| r.name != "strip-sudo") {
        assert!(page.contains(&format!("`{}`", rule.name)), "{} is not on the page", rule.name);
        assert!(rules.names().any(|r| r == rule));
    }
}
