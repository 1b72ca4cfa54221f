//! What the load asks for: the same with the same seed.

use std::fmt::Write as _;
use std::io;

use serde::Deserialize;

use super::load::http::Connection;

const WORDS: [&str; 16] = [
    "review", "parser", "release", "notes", "flaky", "test", "index", "schema", "retry", "upload",
    "docs", "cache", "login", "export", "worker", "budget",
];

/// What the tasks of a run are like.
#[derive(Clone, Copy, Debug)]
pub struct Recipe {
    /// The same seed makes the same tasks.
    pub seed: u64,
    /// Each has a priority drawn from 0 to 100; otherwise none names one.
    pub mixed: bool,
}

/// Makes tasks of a likely size.
#[derive(Clone, Debug)]
pub struct Workload {
    state: u64,
    number: u64,
    mixed: bool,
}

impl Workload {
    /// Each stream of a seed makes others.
    #[must_use]
    pub fn new(recipe: Recipe, stream: usize) -> Self {
        let state = recipe.seed ^ (stream as u64).wrapping_mul(0xd134_2543_de82_ef95);
        Self { state, number: 0, mixed: recipe.mixed }
    }

    /// The next number, evenly drawn.
    pub fn draw(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Writes the params of one task.
    pub fn task(&mut self, into: &mut String) {
        self.number += 1;
        let drawn = self.draw();
        // Writing into memory cannot fail.
        let _ = write!(into, "{{\"text\":\"{:08} ", self.number);
        for place in 0..5 {
            let word = usize::try_from((drawn >> (4 * place)) & 15).unwrap_or(0);
            into.push_str(WORDS[word]);
            into.push(' ');
        }
        into.push('"');
        if self.mixed {
            let _ = write!(into, ",\"priority\":{}", (drawn >> 32) % 101);
        }
        into.push('}');
    }

    /// The params of a call that makes so many tasks.
    #[must_use]
    pub fn many(&mut self, count: usize) -> String {
        let mut params = String::with_capacity(80 * count);
        params.push_str("{\"tasks\":[");
        for place in 0..count {
            if place > 0 {
                params.push(',');
            }
            self.task(&mut params);
        }
        params.push_str("]}");
        params
    }
}

/// A task that was claimed.
#[derive(Clone, Debug)]
pub struct Held {
    /// Its id.
    pub id: String,
    /// The lease's fencing token.
    pub fence: i64,
}

#[derive(Deserialize)]
struct Answer<T> {
    result: Option<T>,
}

#[derive(Deserialize)]
struct Claimed<'a> {
    #[serde(borrow)]
    tasks: Vec<ClaimedTask<'a>>,
}

#[derive(Deserialize)]
struct ClaimedTask<'a> {
    id: &'a str,
    lease: Lease,
}

#[derive(Deserialize)]
struct Lease {
    fence: i64,
}

/// The tasks that an answer to `task.claim` gives.
///
/// # Errors
/// It is an error, or no such answer.
pub fn claimed(answer: &[u8]) -> io::Result<Vec<Held>> {
    let read: Answer<Claimed<'_>> = serde_json::from_slice(answer)?;
    let tasks = read.result.ok_or_else(|| refused(answer))?.tasks;
    Ok(tasks.iter().map(|t| Held { id: t.id.to_owned(), fence: t.lease.fence }).collect())
}

/// The error of an answer, if it is one. Its beginning tells: what a method answers comes later.
///
/// # Errors
/// It is one.
pub fn accepted(answer: &[u8]) -> io::Result<()> {
    let start = answer.get(..64).unwrap_or(answer);
    match super::load::http::find(start, b"\"error\":{") {
        Some(_) => Err(refused(answer)),
        None => Ok(()),
    }
}

fn refused(answer: &[u8]) -> io::Error {
    io::Error::other(format!("refused: {}", String::from_utf8_lossy(answer)))
}

/// Registers workers.
///
/// # Errors
/// The server cannot be reached, or refuses.
pub async fn register(connection: &mut Connection, workers: usize) -> io::Result<()> {
    for number in 0..workers {
        let params = format!("{{\"id\":\"{}\",\"roles\":[]}}", worker(number));
        accepted(connection.rpc("system.register", &params).await?)?;
    }
    Ok(())
}

/// The worker of a connection.
#[must_use]
pub fn worker(number: usize) -> String {
    format!("bench-{number}")
}

/// The params of a claim.
#[must_use]
pub fn claim(number: usize, max: usize, wait_ms: u64) -> String {
    format!("{{\"workerId\":\"{}\",\"maxTasks\":{max},\"waitMs\":{wait_ms}}}", worker(number))
}

/// The params of one completion.
#[must_use]
pub fn complete(number: usize, held: &Held) -> String {
    format!(
        "{{\"id\":\"{}\",\"workerId\":\"{}\",\"fence\":{},\"result\":{{\"ok\":true}}}}",
        held.id,
        worker(number),
        held.fence
    )
}

/// The params of completing many.
#[must_use]
pub fn complete_many(number: usize, held: &[Held]) -> String {
    let mut params = format!("{{\"workerId\":\"{}\",\"items\":[", worker(number));
    for (place, held) in held.iter().enumerate() {
        let comma = if place > 0 { "," } else { "" };
        let _ = write!(params, "{comma}{{\"id\":\"{}\",\"fence\":{}}}", held.id, held.fence);
    }
    params.push_str("]}");
    params
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_tasks() {
        let make = |seed, stream| Workload::new(Recipe { seed, mixed: true }, stream).many(3);
        assert_eq!(make(1, 0), make(1, 0));
        assert_ne!(make(1, 0), make(1, 1));
        assert_ne!(make(1, 0), make(2, 0));
        let read: serde_json::Value = serde_json::from_str(&make(1, 0)).unwrap();
        for task in read["tasks"].as_array().unwrap() {
            assert!(task["priority"].as_i64().unwrap() <= 100);
            assert!((20..80).contains(&task["text"].as_str().unwrap().len()), "{task}");
        }
    }

    #[test]
    fn answers_are_read_and_errors_are_told() {
        let answer = br#"{"jsonrpc":"2.0","id":1,"result":{"claimed":true,"taskId":"t-1",
            "tasks":[{"id":"t-1","error":null,"lease":{"fence":3,"attempt":1}}]}}"#;
        accepted(answer).unwrap();
        let held = claimed(answer).unwrap();
        assert_eq!((held[0].id.as_str(), held[0].fence), ("t-1", 3));
        let error = br#"{"jsonrpc":"2.0","id":1,"error":{"code":-32001,"message":"x"}}"#;
        assert!(accepted(error).is_err());
        assert!(claimed(error).unwrap_err().to_string().contains("-32001"));
        for params in [claim(1, 2, 3), complete(1, &held[0]), complete_many(1, &held)] {
            serde_json::from_str::<serde_json::Value>(&params).unwrap();
        }
    }
}
