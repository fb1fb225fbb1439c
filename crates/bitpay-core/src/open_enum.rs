//! Enums that keep what they do not know.

/// Defines an enum whose variants have a text on the wire, and an `Other` arm for every other text.
///
/// BitPay adds values without notice, so an unknown one is never an error and prints back as it came.
/// Further texts of one variant (`"canceled" | "cancelled"`) are read and not written.
macro_rules! open_enum {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $( $(#[$variant_meta:meta])* $variant:ident = $text:literal $(| $alias:literal)* ),+ $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $( $(#[$variant_meta])* $variant, )+
            /// A value that this version does not know, as it was sent. Parse a text instead of building
            /// this arm: two spellings of one value are not equal.
            Other(alloc::string::String),
        }

        impl $name {
            /// The text on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $( Self::$variant => $text, )+
                    Self::Other(text) => text,
                }
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                match text {
                    $( $text $(| $alias)* => Self::$variant, )+
                    other => Self::Other(other.into()),
                }
            }
        }

        impl core::str::FromStr for $name {
            type Err = core::convert::Infallible;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Ok(text.into())
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        #[cfg(feature = "schema")]
        crate::schema::written!($name);

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> alloc::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                // The same once more: its docs become descriptions.
                $(#[$meta])*
                #[allow(dead_code, clippy::enum_variant_names)]
                #[derive(schemars::JsonSchema)]
                enum Known {
                    $( $(#[$variant_meta])* #[schemars(rename = $text)] $variant, )+
                }
                crate::schema::open_enum::<Known>(generator)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <alloc::string::String as serde::Deserialize>::deserialize(deserializer)
                    .map(|text| text.as_str().into())
            }
        }
    };
}

pub(crate) use open_enum;
