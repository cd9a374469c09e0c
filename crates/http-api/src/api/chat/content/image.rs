//! What an image is and how large, by its first bytes.

/// The formats that the provider takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Png,
    Jpeg,
    Gif,
    Webp,
}

impl Format {
    pub(super) const ALL: [Self; 4] = [Self::Png, Self::Jpeg, Self::Gif, Self::Webp];

    pub(super) const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
        }
    }

    pub(super) fn of_media_type(media_type: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|format| format.media_type() == media_type)
    }

    /// The format that these bytes begin.
    pub(super) fn of_bytes(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Some(Self::Png),
            [0xFF, 0xD8, 0xFF, ..] => Some(Self::Jpeg),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Self::Gif),
            [
                b'R',
                b'I',
                b'F',
                b'F',
                _,
                _,
                _,
                _,
                b'W',
                b'E',
                b'B',
                b'P',
                ..,
            ] => Some(Self::Webp),
            _ => None,
        }
    }

    /// How large the image is, if its first bytes tell.
    pub(super) fn size(self, bytes: &[u8]) -> Size {
        let size = match self {
            Self::Png => size_of_png(bytes),
            Self::Jpeg => size_of_jpeg(bytes),
            Self::Gif => size_of_gif(bytes),
            Self::Webp => size_of_webp(bytes),
        };
        size.unwrap_or_default()
    }
}

/// Width and height in pixels; 0 where they aren't known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Size {
    width: u32,
    height: u32,
}

impl Size {
    pub(super) fn longest_edge(self) -> u32 {
        self.width.max(self.height)
    }
}

fn size_of_png(bytes: &[u8]) -> Option<Size> {
    if bytes.get(12..16)? != b"IHDR" {
        return None;
    }
    Some(Size {
        width: u32::from_be_bytes(*bytes.get(16..)?.first_chunk()?),
        height: u32::from_be_bytes(*bytes.get(20..)?.first_chunk()?),
    })
}

fn size_of_gif(bytes: &[u8]) -> Option<Size> {
    let side = |at: usize| {
        let pair = bytes.get(at..)?.first_chunk()?;
        Some(u32::from(u16::from_le_bytes(*pair)))
    };
    Some(Size {
        width: side(6)?,
        height: side(8)?,
    })
}

/// Walks from segment to segment to the frame's (ITU-T T.81, B.2).
fn size_of_jpeg(bytes: &[u8]) -> Option<Size> {
    let mut rest = bytes.get(2..)?;
    loop {
        let [0xFF, marker, after @ ..] = rest else {
            return None;
        };
        match marker {
            // Fill bytes before a marker.
            0xFF => {
                rest = rest.get(1..)?;
                continue;
            }
            0xC0..=0xCF if !matches!(marker, 0xC4 | 0xC8 | 0xCC) => {
                let [_, _, _, h1, h0, w1, w0, ..] = after else {
                    return None;
                };
                return Some(Size {
                    width: u32::from(u16::from_be_bytes([*w1, *w0])),
                    height: u32::from(u16::from_be_bytes([*h1, *h0])),
                });
            }
            _ => {}
        }
        let length = u16::from_be_bytes(*after.first_chunk()?);
        rest = after.get(usize::from(length)..)?;
        if length < 2 {
            return None;
        }
    }
}

/// The first chunk tells (RFC 9649, 2.5 to 2.7).
fn size_of_webp(bytes: &[u8]) -> Option<Size> {
    let data = bytes.get(20..)?;
    match bytes.get(12..16)? {
        b"VP8 " => {
            let side = |at: usize| {
                let pair = data.get(at..)?.first_chunk()?;
                Some(u32::from(u16::from_le_bytes(*pair) & 0x3FFF))
            };
            Some(Size {
                width: side(6)?,
                height: side(8)?,
            })
        }
        b"VP8L" => {
            let bits = u32::from_le_bytes(*data.get(1..)?.first_chunk()?);
            Some(Size {
                width: (bits & 0x3FFF) + 1,
                height: (bits >> 14 & 0x3FFF) + 1,
            })
        }
        b"VP8X" => {
            let side = |at: usize| {
                let [a, b, c] = *data.get(at..)?.first_chunk()?;
                Some(u32::from_le_bytes([a, b, c, 0]) + 1)
            };
            Some(Size {
                width: side(4)?,
                height: side(7)?,
            })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes
    }

    fn webp(chunk: [u8; 4], data: &[u8]) -> Vec<u8> {
        [b"RIFF\0\0\0\0WEBP", &chunk[..], b"\0\0\0\0", data].concat()
    }

    #[test]
    fn each_format_tells_its_size() {
        let jpeg = [
            &b"\xFF\xD8\xFF\xE1\0\x04ab\xFF\xFF\xC4\0\x03x\xFF\xC2\0\x11\x08"[..],
            &[0x03, 0x20, 0x04, 0xB0],
        ]
        .concat();
        let lossy = webp(*b"VP8 ", &[0, 0, 0, 0x9D, 1, 0x2A, 0xB0, 4, 0x20, 3]);
        let packed: u32 = 1_199 + (799 << 14);
        let lossless = webp(*b"VP8L", &[&[0x2F][..], &packed.to_le_bytes()].concat());
        let extended = webp(*b"VP8X", &[0, 0, 0, 0, 0xAF, 4, 0, 0x1F, 3, 0]);
        for (bytes, format) in [
            (png(1_200, 800), Format::Png),
            (jpeg, Format::Jpeg),
            (b"GIF89a\xB0\x04\x20\x03".to_vec(), Format::Gif),
            (lossy, Format::Webp),
            (lossless, Format::Webp),
            (extended, Format::Webp),
        ] {
            assert_eq!(Format::of_bytes(&bytes), Some(format));
            let expected = Size {
                width: 1_200,
                height: 800,
            };
            assert_eq!(format.size(&bytes), expected, "{format:?}");
        }
    }

    #[test]
    fn what_tells_nothing_has_no_size() {
        assert_eq!(Format::of_bytes(b"<svg/>"), None);
        assert_eq!(Format::of_bytes(b""), None);
        assert_eq!(Format::Png.size(b"\x89PNG\r\n\x1a\n"), Size::default());
        assert_eq!(Format::Jpeg.size(b"\xFF\xD8\xFF\xE0\0\0"), Size::default());
        assert_eq!(Format::of_media_type("image/svg+xml"), None);
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_strange(bytes in proptest::collection::vec(any::<u8>(), 0..200), head in 0usize..4) {
            let heads: [&[u8]; 4] = [b"\x89PNG\r\n\x1a\n", b"\xFF\xD8\xFF", b"GIF89a", b"RIFF0000WEBP"];
            let bytes = [heads[head], &bytes].concat();
            let format = Format::of_bytes(&bytes).unwrap();
            let _no_panic = format.size(&bytes).longest_edge();
        }
    }
}
