//! JSON as a person reads it: indented, with its fields in the order in which they came.

/// The same JSON over several lines. What is no JSON comes out in some form.
pub(crate) fn indent(json: &str) -> String {
    let mut text = String::with_capacity(json.len() * 2);
    let mut depth = 0_usize;
    let mut in_string = false;
    let mut escaped = false;
    let mut chars = json.chars().peekable();
    while let Some(c) = chars.next() {
        if in_string {
            in_string = escaped || c != '"';
            escaped = !escaped && c == '\\';
            text.push(c);
            continue;
        }
        match c {
            '"' => {
                in_string = true;
                text.push(c);
            }
            '{' | '[' => {
                while chars.next_if(|c| c.is_ascii_whitespace()).is_some() {}
                text.push(c);
                if let Some(end) = chars.next_if(|c| matches!(c, '}' | ']')) {
                    text.push(end);
                } else {
                    depth += 1;
                    new_line(&mut text, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut text, depth);
                text.push(c);
            }
            ',' => {
                text.push(c);
                new_line(&mut text, depth);
            }
            ':' => text.push_str(": "),
            c if c.is_ascii_whitespace() => {}
            c => text.push(c),
        }
    }
    text
}

fn new_line(text: &mut String, depth: usize) {
    text.push('\n');
    text.extend(std::iter::repeat_n("  ", depth));
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn fields_keep_their_order() {
        assert_eq!(
            indent(r#"{"z":[1,{}, [ ] ],"a" : "x\"{,\\"}"#),
            "{\n  \"z\": [\n    1,\n    {},\n    []\n  ],\n  \"a\": \"x\\\"{,\\\\\"\n}"
        );
    }

    #[test]
    fn it_is_the_same_value() {
        let value = json!({"a": [1, 2.5, null, true, {"b": "\\\"[:,]"}], "c": {}, "d": []});
        let back: Value = serde_json::from_str(&indent(&value.to_string())).unwrap();
        assert_eq!(back, value);
    }
}
