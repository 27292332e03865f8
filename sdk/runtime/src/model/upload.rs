//! Files to send.

use std::fmt;
use std::io;
use std::path::Path;

/// A file parameter: its name, media type and bytes. Files are sent as multipart and are not part of the signature.
///
/// ```
/// use topsdk::Upload;
///
/// let proof = Upload::new("proof.png", vec![0x89, b'P', b'N', b'G']);
/// assert_eq!(proof.content_type(), "image/png");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Upload {
    name: String,
    content_type: String,
    bytes: Vec<u8>,
}

impl Upload {
    /// A file from memory. The media type follows the name's ending.
    #[must_use]
    pub fn new(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        let name = name.into();
        let content_type = guess(&name).to_owned();
        Self { name, content_type, bytes: bytes.into() }
    }

    /// A file from disk, read whole.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        let path = path.as_ref();
        let name = path.file_name().map_or_else(|| "file".into(), |n| n.to_string_lossy().into_owned());
        Ok(Self::new(name, std::fs::read(path)?))
    }

    /// The same file under another media type.
    #[must_use]
    pub fn with_content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = content_type.into();
        self
    }

    /// The file's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The media type.
    #[must_use]
    pub fn content_type(&self) -> &str {
        &self.content_type
    }

    /// The content.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// The media types of the pictures and texts that the platform takes; the official client's default otherwise.
fn guess(name: &str) -> &'static str {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    match ending.to_ascii_lowercase().as_str() {
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "bmp" => "image/bmp",
        "webp" => "image/webp",
        "txt" => "text/plain",
        _ => "application/octet-stream",
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Upload({}, {} bytes)", self.content_type, self.bytes.len())
    }
}
