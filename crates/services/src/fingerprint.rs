//! What an idempotency key stands for: a hash of the method and its params.

use std::borrow::Cow;

use claudebench_core::Error;
use claudebench_store::IdempotencyKey;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Numbers of so many digits at most are told apart by a 64-bit float.
const EXACT_DIGITS: usize = 15;

/// A key with the hash of what it stands for: the method and its params, however they are spaced
/// and ordered.
///
/// # Errors
/// Params that are no JSON.
pub(crate) fn of(name: &str, key: String, text: &str) -> Result<IdempotencyKey, Error> {
    let mut params: Value = serde_json::from_str(&with_exact_numbers(text))
        .map_err(|e| Error::invalid(&[], format!("params cannot be read: {e}")))?;
    if let Value::Object(fields) = &mut params {
        fields.remove("idempotencyKey");
        // How long a claim waits is no part of what it claims: whoever repeats it may have less time.
        fields.remove("waitMs");
    }
    let mut hash = Sha256::new();
    hash.update(name);
    hash.update([0]);
    hash.update(params.to_string());
    Ok(IdempotencyKey { key, fingerprint: hash.finalize().into() })
}

/// JSON with each number that a reader may round as a list that holds its text.
fn with_exact_numbers(json: &str) -> Cow<'_, str> {
    let bytes = json.as_bytes();
    let (mut exact, mut copied) = (String::new(), 0);
    let (mut at, mut in_text) = (0, false);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' if in_text => at += 1,
            b'"' => in_text = !in_text,
            b'-' | b'0'..=b'9' if !in_text => {
                let rest = &bytes[at..];
                let is_part = |b: &u8| b.is_ascii_digit() || b"+-.eE".contains(b);
                let end = at + rest.iter().position(|b| !is_part(b)).unwrap_or(rest.len());
                let number = &json[at..end];
                if may_be_rounded(number) {
                    exact.push_str(&json[copied..at]);
                    exact.push_str(&format!("[\"number\",\"{number}\"]"));
                    copied = end;
                }
                at = end;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    if copied == 0 {
        return json.into();
    }
    exact.push_str(&json[copied..]);
    exact.into()
}

fn may_be_rounded(number: &str) -> bool {
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    let plain = digits <= EXACT_DIGITS && !number.contains(['e', 'E']);
    !plain && number.parse::<i64>().is_err() && number.parse::<u64>().is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(a: &str, b: &str) -> bool {
        of("m", "k".into(), a).unwrap() == of("m", "k".into(), b).unwrap()
    }

    #[test]
    fn the_same_params_have_one_fingerprint_however_they_are_written() {
        assert!(same(r#"{"a":1,"b":2}"#, r#"{ "b":2, "a":1, "idempotencyKey":"k" }"#));
        assert!(same(r#"{"a":"\u00e4\"1"}"#, r#"{"a":"ä\"1"}"#));
        assert!(!same(r#"{"a":1,"b":2}"#, r#"{"a":1,"b":3}"#));
    }

    #[test]
    fn numbers_count_digit_by_digit() {
        for (a, b) in [
            ("12345678901234567890123", "12345678901234567890124"),
            ("-9223372036854775808", "-9223372036854775807"),
            ("18446744073709551615", "18446744073709551616"),
            ("0.12345678901234567890", "0.12345678901234567891"),
            ("1.00000000000000000e-5", "1.00000000000000001e-5"),
            ("1e-400", "2e-400"),
        ] {
            let [a, b] = [a, b].map(|n| format!(r#"{{"x":[{n}, "{n}"], "y": {{"\"1": {n}}}}}"#));
            assert!(same(&a, &a) && same(&b, &b) && !same(&a, &b), "{a} {b}");
        }
        assert!(same("{\"a\": 12345678901234567890123 }", "{\"a\":12345678901234567890123}"));
    }
}
