//! A fixed program that is not ours: what it costs to check tells how fast this machine is at the moment. Never change it, for
//! the committed figures are multiples of its cost.
#![allow(missing_docs)]

macro_rules! structures {
    ($($module:ident)*) => {
        $(pub mod $module {
            structures!(@ A B C D E F G H I J K L M N O P);
        })*
    };
    (@ $($name:ident)*) => {
        $(#[derive(Clone, Debug, Default, PartialEq)]
        pub struct $name {
            pub id: Option<i64>,
            pub title: Option<String>,
            pub tags: Vec<String>,
            pub price: Option<f64>,
            pub open: Option<bool>,
        }

        impl $name {
            pub fn title(mut self, title: impl Into<String>) -> Self {
                self.title = Some(title.into());
                self
            }

            pub fn get(&self, slot: usize) -> Option<&dyn std::any::Any> {
                Some(match slot {
                    0 => &self.id,
                    1 => &self.title,
                    2 => &self.tags,
                    3 => &self.price,
                    4 => &self.open,
                    _ => return None,
                })
            }
        })*
    };
}

structures!(a b c d e f g h i j k l m n o p q r s t);
