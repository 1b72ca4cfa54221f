//! Search: all words of the query are in the text, whole or as a beginning.

use claudebench_core::TaskId;
use claudebench_store::{DeleteTask, NewTask, TaskQuery, Update};

use super::bed::{Bed, Stop};
use super::given::{task, tasks};

const TEXTS: [&str; 8] = [
    "Fix the login page",
    "fixed: LOGIN, page-2 (again)",
    "Größe und Farbe prüfen",
    "Проверить вход",
    "café au lait",
    "cafe\u{301} au lait",
    "任务 管理",
    "snake_case and kebab-case v2.10",
];

/// Queries and the places of the texts that answer them.
const QUERIES: [(&str, &[usize]); 20] = [
    ("login", &[0, 1]),
    ("LOGIN page", &[0, 1]),
    ("page login", &[0, 1]),
    ("fix", &[0]),
    ("fix*", &[0, 1]),
    ("log", &[]),
    ("log* pa*", &[0, 1]),
    ("page-2", &[1]),
    ("größe", &[2]),
    ("GRÖSSE", &[]),
    ("grosse", &[]),
    ("ВХОД", &[3]),
    ("café", &[4, 5]),
    ("CAFE\u{301}*", &[4, 5]),
    ("管*", &[6]),
    ("case", &[7]),
    ("case AND kebab", &[7]),
    ("NOT case", &[]),
    ("kebab-c*", &[7]),
    ("v2.10 \"and\"", &[7]),
];

async fn found(bed: &Bed, search: &str) -> Vec<TaskId> {
    let query = TaskQuery { search: Some(search.into()), ..tasks() };
    let page = bed.list(query).await;
    let mut ids: Vec<TaskId> = page.tasks.iter().map(|found| found.task.id).collect();
    assert_eq!(page.total, i64::try_from(ids.len()).unwrap());
    ids.sort_unstable();
    ids
}

async fn texts(bed: &Bed) -> Vec<TaskId> {
    let new = TEXTS.iter().map(|text| NewTask { text: (*text).into(), ..task() });
    bed.make_all(new.collect()).await
}

pub(super) async fn words_are_found_whole_or_by_their_beginning(bed: &mut Bed) {
    let ids = texts(bed).await;
    for (query, places) in QUERIES {
        let expected: Vec<TaskId> = places.iter().map(|place| ids[*place]).collect();
        assert_eq!(found(bed, query).await, expected, "{query}");
    }
}

pub(super) async fn what_is_found_follows_the_text(bed: &mut Bed) {
    let ids = texts(bed).await;
    let change =
        |text: &str| Update { id: Some(ids[0]), text: Some(text.into()), ..Update::default() };
    for how in Stop::ALL {
        bed.ok(change("Paint the wall")).await;
        assert_eq!(found(bed, "login").await, [ids[1]], "the old words are gone");
        assert_eq!(found(bed, "wall paint").await, [ids[0]]);
        bed.again(how).await;
        assert_eq!(found(bed, "wall paint").await, [ids[0]]);
        bed.ok(change("Fix the login page")).await;
        assert_eq!(found(bed, "login").await, [ids[0], ids[1]]);
        assert_eq!(found(bed, "wall").await, []);
    }
    bed.ok(DeleteTask { task: ids[1] }).await;
    assert_eq!(found(bed, "login").await, [ids[0]]);
}
