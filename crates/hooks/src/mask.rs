//! Secrets are masked, and what is long is cut, before anything of an agent is kept.
//!
//! A secret is known by what stands before it (`password=`, `Bearer`, a URL's user), by its own
//! beginning (`ghp_`, `sk-`), or because it looks like nothing that people write: many kinds of
//! characters, mixed, and none of them twice more than chance has it.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde_json::{Map, Value};

/// What stands in the place of a secret.
pub const MASK: &str = "[masked]";

/// The longest text, list and object that is kept, and how deep.
const TEXT_BYTES: usize = 2_000;
const ITEMS: usize = 50;
const FIELDS: usize = 100;
const DEPTH: usize = 8;
/// How much of a value is kept in all, in bytes.
pub const VALUE_BYTES: usize = 16 << 10;

/// From this length on a word may be a secret by its looks.
const LONG: usize = 24;

/// What a secret is called. Short names stand alone, or behind a `_` or a `-`; `accessToken` and
/// `PGPASSWORD` are names as well.
const NAMES: &str = r"(?:(?:[a-z0-9]+[_-])*?(?:pass|pwd)|[a-z0-9_-]*?(?:password|passwd|passphrase|secret|token|(?:api|access|secret|private|signing|encryption|account|auth)[_-]?key|credentials?|authorization|cookie))(?:[_-](?:id|base|base64|hash|value))?";

/// What stands for a secret in a line of a shell, without a name: each with the place of the secret behind it.
const OPTIONS: &str = r#"((?:\bcurl\b[^\n|;]*?\s(?:-u|-U|--user|--proxy-user)[= ]?\s*["']?[^\s:"']+:|\bsshpass\s+-p\s*["']?|\bmysql(?:dump|admin)?\b[^\n|;]*?\s-p["']?|\bredis-cli\b[^\n|;]*?\s-a\s+["']?|\bdocker\s+login\b[^\n|;]*?\s-p\s*["']?|\blogin\s+\S+\s+password\s+))[^\s"']+"#;

/// Each pattern, and what takes its place. Groups that are kept have numbers.
static PATTERNS: LazyLock<Vec<(Regex, &'static str)>> = LazyLock::new(|| {
    let is = r#"\\?["']?\s*(?:=>|:=|=|:)\s*"#;
    // In quotes a secret may have spaces, and all that ends it elsewhere.
    let quoted =
        |quote: &str, body: &str| format!(r"(?i)(\b{NAMES}\b{is}{quote})(?:{body})+({quote})");
    let in_escaped = quoted(r#"\\""#, r#"[^"\\\n]"#);
    let in_double = quoted("\"", r#"[^"\\\n]|\\."#);
    let in_single = quoted("'", r"[^'\n]");
    let assigned = format!(
        r#"(?i)(\b{NAMES}\b{is}\\?["']?)((?:bearer|basic|token)\s+)?([^\s"'\\,;&|<>(){{}}\[\]$][^\s"'\\,;&|<>(){{}}\[\]]{{2,}})"#
    );
    let flag = format!(r#"(?i)(--{NAMES}[= ]\s*["']?)()([^\s"'-][^\s"']*)"#);
    let element = format!(r"(?i)(<{NAMES}>)[^<]+");
    [
        (
            r"-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY(?: BLOCK)?-----|\z)",
            MASK,
        ),
        // The user of a URL.
        (
            r#"(\b[a-zA-Z][a-zA-Z0-9+.-]*://[^\s/:@"']*:)[^\s/"']+(@)"#,
            "${1}[masked]${2}",
        ),
        // These are secrets to the end of their line.
        (
            r#"(?i)(\b(?:(?:proxy-)?authorization|(?:set-)?cookie)\\?["']?\s*:\s*\\?["']?)[^\s"'\\\[][^\r\n"'\\]*"#,
            "${1}[masked]",
        ),
        (r"(?i)(\b(?:bearer|basic)\s+)[a-z0-9._~+/=-]{8,}", "${1}[masked]"),
        // Beginnings that are given to tokens and to nothing else.
        (
            r"\b(?:sk-(?:ant-|proj-|live-|test-)?[A-Za-z0-9_-]{16,}|(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,}|whsec_[A-Za-z0-9+/=]{16,}|gh[opusr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,}|xox[abposr]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,}|(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16}|AIza[A-Za-z0-9_-]{30,}|ya29\.[A-Za-z0-9_-]{20,}|npm_[A-Za-z0-9]{30,}|pypi-[A-Za-z0-9_-]{30,}|hf_[A-Za-z0-9]{20,}|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}|dop_v1_[a-f0-9]{32,}|shp(?:at|ss|ca|pa)_[a-fA-F0-9]{16,}|cb_[A-Za-z0-9_-]{16,}|key-[a-f0-9]{32}|AGE-SECRET-KEY-[A-Z0-9]{20,}|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*)",
            MASK,
        ),
        (&in_escaped, "${1}[masked]${2}"),
        (&in_double, "${1}[masked]${2}"),
        (&in_single, "${1}[masked]${2}"),
        (&assigned, "${1}${2}[masked]"),
        (&flag, "${1}[masked]"),
        (&element, "${1}[masked]"),
        (OPTIONS, "${1}[masked]"),
    ]
    .into_iter()
    // A test holds that each is in order.
    .filter_map(|(pattern, by)| Some((Regex::new(pattern).ok()?, by)))
    .collect()
});

/// Words that may be secrets by their looks.
static WORDS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"[A-Za-z0-9_+/=.-]{24,}").ok());

/// The name of a field that holds a secret.
static FIELD: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(&format!("(?i)^(?:{NAMES})$")).ok());

/// A text without its secrets.
#[must_use]
pub fn text(text: &str) -> Cow<'_, str> {
    let mut masked = Cow::Borrowed(text);
    for (pattern, by) in PATTERNS.iter() {
        if let Cow::Owned(new) = pattern.replace_all(&masked, *by) {
            masked = Cow::Owned(new);
        }
    }
    let Some(words) = WORDS.as_ref() else { return masked };
    let by = |found: &Captures<'_>| {
        let word = &found[0];
        if is_random(word) { MASK.to_owned() } else { word.to_owned() }
    };
    match words.replace_all(&masked, by) {
        Cow::Owned(new) if new != *masked => Cow::Owned(new),
        _ => masked,
    }
}

/// A text without its secrets, and no longer than this.
#[must_use]
pub fn short(whole: &str, bytes: usize) -> String {
    // What is cut may end in the middle of a secret: some more is looked at than is kept.
    let looked_at = &whole[..whole.floor_char_boundary(bytes.saturating_mul(2))];
    let masked = text(looked_at);
    if masked.len() <= bytes && looked_at.len() == whole.len() {
        return masked.into_owned();
    }
    let kept = &masked[..masked.floor_char_boundary(bytes)];
    format!("{kept}… ({} bytes in all)", whole.len())
}

/// A value without its secrets, and no larger than [`VALUE_BYTES`] or so.
#[must_use]
pub fn value(value: &Value) -> Value {
    let mut room = VALUE_BYTES;
    kept(value, &mut room, 0, true)
}

/// A value that is on its way to where secrets are masked: what would be cut there is not sent, but for
/// as much as it takes to see a secret that the cut goes through.
#[must_use]
pub fn cut(value: &Value) -> Value {
    let mut room = 2 * VALUE_BYTES;
    kept(value, &mut room, 0, false)
}

fn kept(value: &Value, room: &mut usize, depth: usize, masks: bool) -> Value {
    match value {
        Value::String(text) if !masks => {
            let end = text.floor_char_boundary((2 * TEXT_BYTES).min(*room));
            *room = room.saturating_sub(end);
            let rest = text.len() - end;
            let cut = || format!("{}… ({rest} bytes more)", &text[..end]);
            Value::String(if rest == 0 { text.clone() } else { cut() })
        }
        Value::String(text) => {
            let text = short(text, TEXT_BYTES.min(*room));
            *room = room.saturating_sub(text.len());
            Value::String(text)
        }
        Value::Array(_) | Value::Object(_) if depth >= DEPTH || *room == 0 => "…".into(),
        Value::Array(items) => {
            let mut kept_items = Vec::new();
            for item in items.iter().take(ITEMS) {
                if *room == 0 {
                    break;
                }
                kept_items.push(kept(item, room, depth + 1, masks));
                *room = room.saturating_sub(2);
            }
            if kept_items.len() < items.len() {
                kept_items.push(format!("… ({} in all)", items.len()).into());
            }
            Value::Array(kept_items)
        }
        Value::Object(fields) => Value::Object(kept_fields(fields, room, depth, masks)),
        plain => {
            *room = room.saturating_sub(8);
            plain.clone()
        }
    }
}

fn kept_fields(
    fields: &Map<String, Value>,
    room: &mut usize,
    depth: usize,
    masks: bool,
) -> Map<String, Value> {
    let mut kept_fields = Map::new();
    for (name, value) in fields.iter().take(FIELDS) {
        if *room == 0 {
            break;
        }
        let secret = masks && FIELD.as_ref().is_some_and(|field| field.is_match(name));
        let value = match value {
            Value::String(text) if secret && !text.is_empty() => MASK.into(),
            Value::Number(_) if secret => MASK.into(),
            value => kept(value, room, depth + 1, masks),
        };
        let name = if masks || name.len() > 200 { short(name, 200) } else { name.clone() };
        *room = room.saturating_sub(name.len() + 4);
        kept_fields.insert(name, value);
    }
    if kept_fields.len() < fields.len() {
        kept_fields.insert("…".into(), fields.len().into());
    }
    kept_fields
}

fn has_all_kinds(word: &str) -> bool {
    let kinds = [u8::is_ascii_lowercase, u8::is_ascii_uppercase, u8::is_ascii_digit];
    kinds.iter().all(|is| word.bytes().any(|byte| is(&byte)))
}

/// Whether a word looks as if nobody had thought of it. Digests in hexadecimal digits name things and
/// are no secrets by themselves; paths and names of code have parts that are words.
fn is_random(word: &str) -> bool {
    let word = word.trim_matches(['.', '=', '-', '_', '/']);
    if word.len() < LONG || word.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-') {
        return false;
    }
    if word.matches('/').count() > 2 || word.matches('.').count() > 1 {
        // The address of a hook ends with one that is a part of its path.
        return word.split(['/', '.']).any(|part| has_all_kinds(part) && is_random(part));
    }
    let kind = |byte: u8| match byte {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    };
    let mut counts = [0_u32; 256];
    let (mut changes, mut digits, mut last) = (0, 0, None);
    for byte in word.bytes() {
        counts[usize::from(byte)] += 1;
        digits += usize::from(byte.is_ascii_digit());
        changes += usize::from(last.is_some_and(|last| last != kind(byte)));
        last = Some(kind(byte));
    }
    let length = f64::from(u32::try_from(word.len()).unwrap_or(u32::MAX));
    let entropy: f64 = counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| {
            let share = f64::from(*count) / length;
            -share * share.log2()
        })
        .sum();
    // Of random characters of three kinds, six neighbours in ten are of different kinds.
    digits >= 3 && changes * 5 >= word.len() * 2 && entropy >= 3.8
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn every_pattern_is_in_order() {
        assert_eq!(PATTERNS.len(), 12);
        assert!(WORDS.is_some() && FIELD.is_some());
    }

    /// What must be gone, wherever it stands.
    const SECRETS: &[(&str, &str)] = &[
        ("export API_KEY=abc123", "abc123"),
        ("API_KEY='hunter two'", "hunter"),
        ("password: hunter2", "hunter2"),
        ("Password = \"correct-horse\"", "correct-horse"),
        ("DB_PASSWORD=s3cret psql", "s3cret"),
        ("mysql --password=s3cret -u root", "s3cret"),
        ("deploy --token abcdef", "abcdef"),
        (r#"curl -H "Authorization: Bearer abcdef123456""#, "abcdef123456"),
        ("Authorization: Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"),
        ("postgres://ann:pa55@db/site", "pa55"),
        ("redis://:pa55@cache:6379", "pa55"),
        (r#"{"client_secret": "xyz-123"}"#, "xyz-123"),
        (r#"echo "{\"token\": \"xyz-123\"}""#, "xyz-123"),
        ("git clone https://ghp_0123456789abcdefghijABCDEFGHIJ012345@github.com/a/b", "ghp_0123"),
        ("sk-ant-api03-AAAAbbbbCCCCddddEEEEffff", "AAAAbbbb"),
        ("key is sk-proj-abcdefghijklmnop1234", "abcdefghijklmnop"),
        ("AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7"),
        ("xoxb-123456789012-abcdefABCDEF", "123456789012"),
        ("glpat-abcdefghij0123456789", "abcdefghij"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc", "eyJzdWIiOiIxMjM0In0"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIabc\n-----END RSA PRIVATE KEY-----", "MIIabc"),
        ("-----BEGIN PRIVATE KEY-----\nMIIabc", "MIIabc"),
        ("it is wJalrXUtnFEMI7K3MDENGbPxRfiCY9EXAMPLE0KEY", "wJalrXUtnFEMI"),
        ("x 9fK2mQ7vX1pL8sT4wZ6bN3cR5dH0jYgA y", "9fK2mQ7vX1"),
        ("set-cookie: session=abc123; Path=/", "abc123"),
        ("aws_secret_access_key = wJalrXUtnFEMIbPxRfiCY", "wJalrXUtn"),
        ("PGPASSWORD=hunter2 psql", "hunter2"),
        (r#"{"accessToken": "y7x", "a": 1}"#, "y7x"),
        ("//registry.npmjs.org/:_authToken=abc123", "abc123"),
        ("SECRET_KEY_BASE=00112233445566778899aabbccddeeff", "ccddeeff"),
        ("password = \"correct horse battery staple\"", "staple"),
        ("API_KEY='hunter two'", "two"),
        (r#"DB_PASSWORD="a\"b,c;d&e$f""#, "d&e$f"),
        (r#"echo "{\"password\": \"correct horse\"}""#, "horse"),
        ("DB_PASSWORD=pa$$word1", "word1"),
        ("postgres://ann:p@ss@db/site", "ss@db"),
        ("Authorization: ApiKey abc123", "abc123"),
        (r#"curl -H "Cookie: a=b; sid=abc123" x"#, "abc123"),
        ("curl -s -u ann:hunter2 https://x", "hunter2"),
        ("sshpass -p hunter2 ssh x", "hunter2"),
        ("mysql -u root -phunter2 site", "hunter2"),
        ("redis-cli -h x -a hunter2 ping", "hunter2"),
        ("machine x login ann password hunter2", "hunter2"),
        ("<password>hunter2</password>", "hunter2"),
        ("-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQabc", "lQabc"),
        ("https://hooks.slack.com/services/T01ABCDEF/B01ABCDEF/aB3dE5fG7hJ9kL1mN3pQ5rS7", "aB3dE5"),
    ];

    #[test]
    fn secrets_are_masked() {
        for (from, secret) in SECRETS {
            let masked = text(from);
            assert!(!masked.contains(secret), "{from} became {masked}");
            assert!(masked.contains(MASK), "{from} became {masked}");
        }
    }

    /// What people write, and machines that keep no secret.
    #[test]
    fn what_is_no_secret_stays() {
        for plain in [
            "cargo test --package claudebench-store -- --test-threads=10",
            "git show 59807616e1fa2540724bfbac14d7976d7e4a3860",
            "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "the id is 550e8400-e29b-41d4-a716-446655440000",
            "/usr/local/lib/node_modules/npm/node_modules/semver/functions/satisfies.js",
            "src/components/UserProfileSettingsPageHeaderButton.test.tsx",
            "what_was_lost_is_not_completed_for_another_2",
            "expect(screen.getByRole('button')).toBeInTheDocument()",
            "the password must have 12 characters; the token is short",
            "fn tokens(text: &str) -> Vec<Token>",
            "let author = name; // see AUTHORS",
            "https://example.com/a/b?page=2&sort=name",
            "2026-11-29T12:00:00.000Z t-1853427519488001",
            "passengers: 12, compass: north",
            "mysql -u root -p site",
            "curl -u ann https://example.com",
            "maxTokens: 4096, tokens: 12",
            "TOKEN=$(cat token.txt)",
            "/nix/store/4jqr3fzvmqzb0p1xy7wd5h2ksa9cl6ng-glibc/lib/x86_64",
        ] {
            assert_eq!(text(plain), plain);
        }
    }

    #[test]
    fn fields_with_the_name_of_a_secret_are_masked_whole() {
        let from = json!({
            "password": "a b c", "apiKey": "x", "API_KEY": 12, "access_token": "y", "tokens": 7,
            "nested": [{"client_secret": "z", "name": "ann"}], "pin": null, "secret": {"a": "b"},
        });
        let expected = json!({
            "password": MASK, "apiKey": MASK, "API_KEY": MASK, "access_token": MASK, "tokens": 7,
            "nested": [{"client_secret": MASK, "name": "ann"}], "pin": null, "secret": {"a": "b"},
        });
        assert_eq!(value(&from), expected);
    }

    #[test]
    fn what_is_long_or_deep_is_cut() {
        let long = value(&json!({"text": "é".repeat(100_000)}));
        let text = long["text"].as_str().unwrap();
        assert!(text.len() < 2_100 && text.ends_with("(200000 bytes in all)"), "{text}");
        let list = value(&json!((0..1_000).collect::<Vec<_>>()));
        assert_eq!(list.as_array().unwrap().len(), ITEMS + 1);
        let mut deep = json!("end");
        for _ in 0..100 {
            deep = json!([deep]);
        }
        assert!(value(&deep).to_string().len() < 100);
        let wide = json!((0..49).map(|_| "x y ".repeat(1_000)).collect::<Vec<_>>());
        assert!(value(&wide).to_string().len() < 2 * VALUE_BYTES);
        // A secret that the cut goes through is gone all the same.
        let cut = format!("{} password=hunter2hunter2", "a ".repeat(990));
        assert!(!short(&cut, 2_000).contains("hunter2"));
    }

    proptest! {
        #[test]
        fn tokens_of_every_alphabet_are_masked(
            token in "[A-Za-z0-9]{40,80}",
            before in "[a-z ]{0,20}",
        ) {
            let masked = text(&format!("{before} {token} and more")).into_owned();
            // One in some thousands looks like a name; this one is not among them.
            prop_assume!(token.bytes().filter(u8::is_ascii_digit).count() >= 5);
            prop_assert!(!masked.contains(&token), "{masked}");
        }

        #[test]
        fn masking_twice_is_masking_once(any in ".{0,300}") {
            let once = text(&any).into_owned();
            prop_assert_eq!(text(&once), once.as_str());
        }
    }
}
