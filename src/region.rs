//! The table of regions, with the domains of the vendor's authorization and token hosts.

/// Makes the regions, their names and their domains from the same rows.
macro_rules! table_of_regions {
    ($($region:ident = $name:literal, $domain:literal)*) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Region {
            $($region,)*
        }

        impl Region {
            pub const NAMES: &[&str] = &[$($name,)*];

            pub fn from_name(name: &str) -> Option<Region> {
                match name {
                    $($name => Some(Region::$region),)*
                    _ => None,
                }
            }

            /// The domain below which each account has its host.
            pub fn domain(self) -> &'static str {
                match self {
                    $(Region::$region => $domain,)*
                }
            }
        }
    };
}

table_of_regions! {
    Us = "us", "talkdeskid.com"
    Eu = "eu", "talkdeskid.eu"
    Ca = "ca", "talkdeskidca.com"
    Au = "au", "talkdeskid.au"
}
