//! The tests of the whole: the server as its clients see it, and the rules of the house.

mod tidy;
