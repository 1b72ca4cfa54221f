//! Rows as arrays, a column each: so one statement writes many.

/// Declares a set of columns once: their order is that of the statement's parameters.
macro_rules! columns {
    ($(#[$doc:meta])* $name:ident of $row:ident: $of:ty; $($field:ident: $type:ty = $value:expr;)*) => {
        $(#[$doc])*
        #[derive(Default)]
        pub(super) struct $name<'a> {
            $($field: Vec<$type>,)*
            _life: std::marker::PhantomData<&'a ()>,
        }

        impl<'a> $name<'a> {
            /// One more row.
            pub(super) fn push(&mut self, $row: $of) {
                $(self.$field.push($value);)*
            }

            /// Whether two rows are written alike.
            #[allow(dead_code, reason = "most sets are never compared")]
            pub(super) fn are_alike(one: $of, other: $of) -> bool {
                true $(&& {
                    let mine: $type = { let $row = one; $value };
                    let theirs: $type = { let $row = other; $value };
                    mine == theirs
                })*
            }

            /// The parameters, in order.
            pub(super) fn values(self) -> Vec<$crate::postgres::asks::Value<'a>> {
                vec![$($crate::postgres::asks::value(self.$field)),*]
            }
        }
    };
}
pub(super) use columns;
