//! gzip without compression (stored blocks): enough for an answer with `content-encoding: gzip`.

const STORED_BLOCK: usize = 65_535;

/// A valid gzip member that holds `bytes`.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + 64);
    out.extend_from_slice(&[0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]);
    let mut rest = bytes;
    loop {
        let (block, after) = rest.split_at(rest.len().min(STORED_BLOCK));
        out.push(u8::from(after.is_empty()));
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(&(!length).to_le_bytes());
        out.extend_from_slice(block);
        rest = after;
        if rest.is_empty() {
            break;
        }
    }
    out.extend_from_slice(&crc32(bytes).to_le_bytes());
    let length_mod_2_32 = u32::try_from(bytes.len() & 0xFFFF_FFFF).unwrap_or_default();
    out.extend_from_slice(&length_mod_2_32.to_le_bytes());
    out
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg());
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::{crc32, gzip};

    #[test]
    fn the_checksum_is_crc_32() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn an_empty_body_is_one_last_empty_block() {
        assert_eq!(
            gzip(b"").get(10..15),
            Some([1, 0, 0, 0xFF, 0xFF].as_slice())
        );
    }
}
