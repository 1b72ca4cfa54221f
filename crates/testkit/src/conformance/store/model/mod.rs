//! Random histories against a model that states the rules plainly: what each call answers and what
//! can be seen afterwards must be the same. Time and chance are given; a failure prints the seed and
//! the history that led to it.

mod chance;
mod ops;
mod rules;
mod world;

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use super::Setup;
use super::audit::audit;
use super::bed::Bed;
use super::given;
use chance::Chance;
use world::World;

/// How many steps a history has.
const STEPS: usize = 40;

/// What has happened, for who has to find out why.
type History = Rc<RefCell<Vec<String>>>;

/// Says which history failed.
struct Witness(u64, History);

impl Drop for Witness {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("seed {}:\n{}", self.0, self.1.borrow().join("\n"));
        }
    }
}

async fn histories(bed: &Bed, seeds: Range<u64>) {
    for seed in seeds {
        let history = History::default();
        let _witness = Witness(seed, history.clone());
        let setup = Setup { lease_ms: rules::LEASE_MS, ..Setup::default() };
        assert_eq!(setup.max_losses, rules::MAX_LOSSES);
        let bed = bed.another(setup).await;
        for worker in rules::WORKERS {
            bed.ok(given::register(worker)).await;
        }
        let mut world = World::new(bed, Chance::new(seed), history);
        for _ in 0..STEPS {
            world.step().await;
            world.compare().await;
        }
        let mut bed = world.into_bed();
        audit(&mut bed).await;
        bed.close().await;
    }
}

pub(super) async fn histories_of_seeds_0_to_24(bed: &mut Bed) {
    histories(bed, 0..25).await;
}

pub(super) async fn histories_of_seeds_25_to_49(bed: &mut Bed) {
    histories(bed, 25..50).await;
}

pub(super) async fn histories_of_seeds_50_to_74(bed: &mut Bed) {
    histories(bed, 50..75).await;
}

pub(super) async fn histories_of_seeds_75_to_99(bed: &mut Bed) {
    histories(bed, 75..100).await;
}

pub(super) async fn histories_of_seeds_100_to_124(bed: &mut Bed) {
    histories(bed, 100..125).await;
}

pub(super) async fn histories_of_seeds_125_to_149(bed: &mut Bed) {
    histories(bed, 125..150).await;
}
