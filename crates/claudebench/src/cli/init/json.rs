//! JSON that somebody else keeps: parts are put in and taken out, and every other byte stays.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::Formatter;

/// What a text begins with that says how it is encoded.
const BOM: char = '\u{feff}';

/// A step into a document.
#[derive(Clone, Copy, Debug)]
pub(in crate::cli) enum Step<'a> {
    /// To a member of an object.
    Key(&'a str),
    /// To an item of a list.
    Item(usize),
}

/// A document whose outermost value is an object.
#[derive(Clone, Debug)]
pub(in crate::cli) struct Json {
    text: String,
    root: Node,
}

/// A value, and where in the text it stands.
#[derive(Clone, Debug)]
struct Node {
    start: usize,
    end: usize,
    inside: Inside,
}

#[derive(Clone, Debug)]
enum Inside {
    Object(Vec<(String, usize, Node)>),
    List(Vec<Node>),
    Other,
}

impl Node {
    /// Where each of its parts begins and ends; a member begins with its name.
    fn parts(&self) -> Vec<(usize, usize)> {
        match &self.inside {
            Inside::Object(all) => all.iter().map(|(_, start, node)| (*start, node.end)).collect(),
            Inside::List(all) => all.iter().map(|node| (node.start, node.end)).collect(),
            Inside::Other => Vec::new(),
        }
    }

    /// The part that a step leads to. Of members with one name, the last one counts.
    fn part(&self, step: Step<'_>) -> Option<(usize, &Self)> {
        match (&self.inside, step) {
            (Inside::Object(all), Step::Key(key)) => {
                let at = all.iter().rposition(|(name, _, _)| name == key)?;
                all.get(at).map(|(_, _, node)| (at, node))
            }
            (Inside::List(all), Step::Item(at)) => all.get(at).map(|node| (at, node)),
            _ => None,
        }
    }
}

impl Json {
    /// Reads a text; an empty one is an empty object.
    pub(in crate::cli) fn read(text: &str) -> Result<Self, String> {
        let text = if text.trim_start_matches(BOM).trim().is_empty() { "{}\n" } else { text };
        let inner = text.strip_prefix(BOM).unwrap_or(text);
        let value: Value = serde_json::from_str(inner).map_err(|e| e.to_string())?;
        let root = Scan { text, at: text.len() - inner.len() }.value();
        if !value.is_object() {
            let (line, column) = place(text, root.start);
            return Err(format!("expected an object at line {line} column {column}"));
        }
        Ok(Self { text: text.to_owned(), root })
    }

    /// The text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether nothing is left in it.
    pub(super) fn is_empty(&self) -> bool {
        self.root.parts().is_empty()
    }

    /// A value.
    pub(super) fn get(&self, path: &[Step<'_>]) -> Option<Value> {
        let node = self.node(path)?;
        serde_json::from_str(self.text.get(node.start..node.end)?).ok()
    }

    /// Where a value stands: line and column, from 1.
    pub(super) fn place(&self, path: &[Step<'_>]) -> (usize, usize) {
        place(&self.text, self.node(path).map_or(0, |node| node.start))
    }

    /// Puts a member at the end of an object, over several lines.
    pub(super) fn put(&mut self, object: &[Step<'_>], key: &str, value: &impl Serialize) {
        self.append(object, Some(key), value, true);
    }

    /// Puts a member at the end of an object, on one line.
    pub(super) fn put_line(&mut self, object: &[Step<'_>], key: &str, value: &impl Serialize) {
        self.append(object, Some(key), value, false);
    }

    /// Puts an item at the end of a list, on one line.
    pub(super) fn push_line(&mut self, list: &[Step<'_>], value: &impl Serialize) {
        self.append(list, None, value, false);
    }

    /// Puts a value in the place of another.
    pub(super) fn replace(&mut self, path: &[Step<'_>], value: &impl Serialize) {
        let Some(node) = self.node(path) else { return };
        let (start, end) = (node.start, node.end);
        let base = self.indent_at(start);
        let text = self.written(value, &base, self.text[start..end].contains('\n'));
        self.splice(start, end, &text);
    }

    /// Takes out a member or an item, with its comma.
    pub(super) fn remove(&mut self, path: &[Step<'_>]) {
        let Some((last, above)) = path.split_last() else { return };
        let Some(container) = self.node(above) else { return };
        let Some((at, _)) = container.part(*last) else { return };
        let parts = container.parts();
        let (start, end) = match (at, parts.as_slice()) {
            (_, [_]) => (container.start + 1, container.end - 1),
            (0, [first, second, ..]) => (first.0, second.0),
            (at, parts) => (parts[at - 1].1, parts[at].1),
        };
        self.splice(start, end, "");
    }

    fn node(&self, path: &[Step<'_>]) -> Option<&Node> {
        path.iter().try_fold(&self.root, |node, step| node.part(*step).map(|(_, node)| node))
    }

    fn append(
        &mut self,
        path: &[Step<'_>],
        key: Option<&str>,
        value: &impl Serialize,
        over_lines: bool,
    ) {
        let Some(container) = self.node(path) else { return };
        let name = key.map(|key| format!("{}: ", on_line(&key))).unwrap_or_default();
        let newline = self.newline();
        let parts = container.parts();
        let Some(&(last, end)) = parts.last() else {
            let (start, end) = (container.start + 1, container.end - 1);
            let base = self.indent_at(start);
            let inner = format!("{base}{}", self.unit());
            let value = self.written(value, &inner, over_lines);
            let text = format!("{newline}{inner}{name}{value}{newline}{base}");
            return self.splice(start, end, &text);
        };
        // As the one before it: on a line of its own, or on the same line.
        let before = parts.len().checked_sub(2).map_or(container.start + 1, |at| parts[at].1);
        let gap = &self.text[before..last];
        let (lead, value) = match gap.rfind('\n') {
            Some(at) => {
                let indent = gap[at + 1..].to_owned();
                let value = self.written(value, &indent, over_lines);
                (format!("{newline}{indent}"), value)
            }
            None => (" ".to_owned(), on_line(value)),
        };
        self.splice(end, end, &format!(",{lead}{name}{value}"));
    }

    fn splice(&mut self, start: usize, end: usize, with: &str) {
        self.text.replace_range(start..end, with);
        let at = if self.text.starts_with(BOM) { BOM.len_utf8() } else { 0 };
        self.root = Scan { text: &self.text, at }.value();
    }

    /// A value as it is written here: over several lines, those after the first with this indentation.
    fn written(&self, value: &impl Serialize, indent: &str, lines: bool) -> String {
        if !lines {
            return on_line(value);
        }
        let unit = self.unit();
        let mut bytes = Vec::new();
        let format = serde_json::ser::PrettyFormatter::with_indent(unit.as_bytes());
        let mut writer = serde_json::Serializer::with_formatter(&mut bytes, format);
        if value.serialize(&mut writer).is_err() {
            return String::new();
        }
        let text = String::from_utf8(bytes).unwrap_or_default();
        text.replace('\n', &format!("{}{indent}", self.newline()))
    }

    fn newline(&self) -> &'static str {
        if self.text.contains("\r\n") { "\r\n" } else { "\n" }
    }

    /// By how much one level is indented.
    fn unit(&self) -> String {
        let first = self.root.parts().first().map(|(start, _)| self.indent_at(*start));
        first.filter(|indent| !indent.is_empty()).unwrap_or_else(|| "  ".into())
    }

    /// The indentation of the line of a place.
    fn indent_at(&self, at: usize) -> String {
        let line = self.text[..at].rfind('\n').map_or(0, |end| end + 1);
        self.text[line..].chars().take_while(|c| matches!(c, ' ' | '\t')).collect()
    }
}

/// A value on one line, with room between its parts.
fn on_line(value: &impl Serialize) -> String {
    let mut bytes = Vec::new();
    let written = value.serialize(&mut serde_json::Serializer::with_formatter(&mut bytes, OnLine));
    written.ok().and_then(|()| String::from_utf8(bytes).ok()).unwrap_or_default()
}

struct OnLine;

impl Formatter for OnLine {
    fn begin_array_value<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        writer.write_all(if first { b"" } else { b", " })
    }

    fn begin_object_key<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        writer.write_all(if first { b"" } else { b", " })
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }
}

/// Line and column of a place, from 1.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..at];
    let line = before.matches('\n').count() + 1;
    let column =
        before.rsplit('\n').next().map_or(0, |line| line.trim_start_matches(BOM).chars().count());
    (line, column + 1)
}

/// Reads where the values of a text stand that is known to be JSON.
struct Scan<'a> {
    text: &'a str,
    at: usize,
}

impl Scan<'_> {
    fn byte(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    fn space(&mut self) {
        while matches!(self.byte(), b' ' | b'\t' | b'\r' | b'\n') {
            self.at += 1;
        }
    }

    fn value(&mut self) -> Node {
        self.space();
        let start = self.at;
        let inside = match self.byte() {
            b'{' => Inside::Object(self.parts(b'}', |scan| {
                let start = scan.at;
                scan.string();
                let name = serde_json::from_str(&scan.text[start..scan.at]).unwrap_or_default();
                scan.space();
                scan.at += 1;
                (name, start, scan.value())
            })),
            b'[' => Inside::List(self.parts(b']', Self::value)),
            b'"' => {
                self.string();
                Inside::Other
            }
            _ => {
                while !matches!(self.byte(), 0 | b',' | b']' | b'}' | b' ' | b'\t' | b'\r' | b'\n')
                {
                    self.at += 1;
                }
                Inside::Other
            }
        };
        Node { start, end: self.at, inside }
    }

    fn parts<T>(&mut self, close: u8, mut one: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let mut found = Vec::new();
        self.at += 1;
        self.space();
        while self.byte() != close && self.byte() != 0 {
            found.push(one(self));
            self.space();
            if self.byte() == b',' {
                self.at += 1;
                self.space();
            }
        }
        self.at = (self.at + 1).min(self.text.len());
        found
    }

    fn string(&mut self) {
        self.at += 1;
        while !matches!(self.byte(), b'"' | 0) {
            self.at += if self.byte() == b'\\' { 2 } else { 1 };
        }
        self.at = (self.at + 1).min(self.text.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn put(text: &str) -> String {
        let mut json = Json::read(text).unwrap();
        json.put(&[], "b", &json!([1]));
        json.text().to_owned()
    }

    #[test]
    fn what_is_put_in_looks_like_what_is_there() {
        assert_eq!(put(""), "{\n  \"b\": [\n    1\n  ]\n}\n");
        assert_eq!(put("{ }"), "{\n  \"b\": [\n    1\n  ]\n}");
        assert_eq!(put("{\"a\":1}"), "{\"a\":1, \"b\": [1]}");
        assert_eq!(put("{\n\t\"a\": 1\n}"), "{\n\t\"a\": 1,\n\t\"b\": [\n\t\t1\n\t]\n}");
        let windows = "\u{feff}{\r\n    \"a\": \"}\\\"\"\r\n}";
        let expected =
            "\u{feff}{\r\n    \"a\": \"}\\\"\",\r\n    \"b\": [\r\n        1\r\n    ]\r\n}";
        assert_eq!(put(windows), expected);
    }

    #[test]
    fn parts_are_found_changed_and_taken_out_where_they_stand() {
        let text = "{\n  \"a\": {\"x\": [1, {\"y\": 2}, 3]},\n  \"c\": null\n}";
        let mut json = Json::read(text).unwrap();
        let item = [Step::Key("a"), Step::Key("x"), Step::Item(1)];
        assert_eq!(json.get(&item), Some(json!({"y": 2})));
        assert_eq!(json.place(&item), (2, 18));
        json.replace(&item, &json!(7));
        json.remove(&[Step::Key("a"), Step::Key("x"), Step::Item(0)]);
        json.push_line(&[Step::Key("a"), Step::Key("x")], &json!(8));
        assert_eq!(json.text(), "{\n  \"a\": {\"x\": [7, 3, 8]},\n  \"c\": null\n}");
        json.remove(&[Step::Key("a")]);
        assert_eq!(json.text(), "{\n  \"c\": null\n}");
        json.remove(&[Step::Key("c")]);
        assert!(json.is_empty() && json.text() == "{}", "{}", json.text());
        json.remove(&[Step::Key("none")]);
        // Of two members with one name, programs read the last.
        let twice = Json::read("{\"a\": 1, \"a\": 2}").unwrap();
        assert_eq!(twice.get(&[Step::Key("a")]), Some(json!(2)));
    }

    #[test]
    fn what_is_no_object_is_refused_with_its_place() {
        let said = |text: &str| Json::read(text).map(drop).unwrap_err();
        assert_eq!(said("\n [1]"), "expected an object at line 2 column 2");
        assert!(said("{\n  // why\n}").ends_with("at line 2 column 3"));
        assert!(said("{\"a\": 1,}").contains("line 1 column 9"));
    }

    proptest! {
        #[test]
        fn what_was_put_in_and_taken_out_leaves_no_trace(
            names in proptest::collection::vec("[a-z\"\\\\{}, é]{0,5}", 1..6),
            lines: bool,
        ) {
            let object: serde_json::Map<String, Value> =
                names.iter().map(|name| (name.clone(), json!([name, {}]))).collect();
            let text = if lines { serde_json::to_string_pretty(&object) } else { serde_json::to_string(&object) };
            let text = text.unwrap();
            let mut json = Json::read(&text).unwrap();
            json.put(&[], "ours", &json!({"x": [1, 2]}));
            let mut expected = object;
            expected.insert("ours".into(), json!({"x": [1, 2]}));
            prop_assert_eq!(serde_json::from_str::<Value>(json.text()).unwrap(), Value::Object(expected));
            json.remove(&[Step::Key("ours")]);
            prop_assert_eq!(json.text(), text);
        }
    }
}
