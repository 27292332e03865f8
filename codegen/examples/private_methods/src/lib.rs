//! Methods that are in no public catalogue, called like those that are.

/// Methods that we described ourselves, in `specs/`.
pub mod own {
    include!(concat!(env!("OUT_DIR"), "/own.rs"));
}

/// Methods that the platform grants to our application, from its `ApiMetadata.xml`.
pub mod granted {
    include!(concat!(env!("OUT_DIR"), "/granted.rs"));
}
