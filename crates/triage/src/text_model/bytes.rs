//! Reading and writing the files of models: little-endian, lengths checked, never a panic on damaged bytes.

/// Why bytes are not a model, or not one for this product.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// Cut short, or a length in it is impossible.
    #[error("the text model is damaged: {0}")]
    Damaged(&'static str),
    /// Made by another version, or on another model.
    #[error("the text model does not fit: {0}")]
    Foreign(&'static str),
}

/// Takes values off the front of bytes.
#[derive(Debug)]
pub(crate) struct Reader<'b>(pub(crate) &'b [u8]);

impl<'b> Reader<'b> {
    pub(crate) fn take(&mut self, count: usize) -> Result<&'b [u8], ModelError> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(ModelError::Damaged("it ends too early"))?;
        self.0 = rest;
        Ok(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], ModelError> {
        self.take(N)?.try_into().map_err(|_| ModelError::Damaged("it ends too early"))
    }

    pub(crate) fn byte(&mut self) -> Result<u8, ModelError> {
        Ok(self.array::<1>()?[0])
    }

    pub(crate) fn count(&mut self, most: usize) -> Result<usize, ModelError> {
        let count = u32::from_le_bytes(self.array()?) as usize;
        if count > most { Err(ModelError::Damaged("a length is out of range")) } else { Ok(count) }
    }

    /// A finite number.
    pub(crate) fn number(&mut self) -> Result<f32, ModelError> {
        let number = f32::from_le_bytes(self.array()?);
        if number.is_finite() { Ok(number) } else { Err(ModelError::Damaged("a number is not finite")) }
    }

    pub(crate) fn numbers(&mut self, count: usize) -> Result<Vec<f32>, ModelError> {
        (0..count).map(|_| self.number()).collect()
    }

    pub(crate) fn array_of_numbers<const N: usize>(&mut self) -> Result<[f32; N], ModelError> {
        let mut numbers = [0.0; N];
        for number in &mut numbers {
            *number = self.number()?;
        }
        Ok(numbers)
    }

    pub(crate) fn text(&mut self) -> Result<String, ModelError> {
        let length = usize::from(self.byte()?);
        let bytes = self.take(length)?;
        String::from_utf8(bytes.to_vec()).map_err(|_| ModelError::Damaged("a name is not UTF-8"))
    }

    /// Ascending keys, written as differences of 7 bits a byte.
    pub(crate) fn keys(&mut self, count: usize) -> Result<Vec<u32>, ModelError> {
        let mut keys = Vec::with_capacity(count.min(self.0.len()));
        let mut last: Option<u32> = None;
        for _ in 0..count {
            let step = self.short()?;
            let key = match last {
                None => step,
                Some(last) => last.checked_add(step).filter(|key| *key > last).ok_or(OUT_OF_RANGE)?,
            };
            keys.push(key);
            last = Some(key);
        }
        Ok(keys)
    }

    /// Ascending rows below `features`, the same one several times or not, put behind `rows`; their number goes before
    /// them, and all are differences of 7 bits a byte.
    pub(crate) fn rows(&mut self, features: usize, rows: &mut Vec<u32>) -> Result<(), ModelError> {
        let count = self.short()?;
        let mut last = 0_u32;
        for _ in 0..count {
            last = last.checked_add(self.short()?).filter(|row| (*row as usize) < features).ok_or(OUT_OF_RANGE)?;
            rows.push(last);
        }
        Ok(())
    }

    /// A number of 7 bits a byte, the lowest first.
    fn short(&mut self) -> Result<u32, ModelError> {
        let mut number = 0_u32;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            let part = u32::from(byte & 0x7f);
            number |= part.checked_shl(shift).filter(|moved| moved >> shift == part).ok_or(OUT_OF_RANGE)?;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(OUT_OF_RANGE)
    }

    pub(crate) fn end(&self) -> Result<(), ModelError> {
        if self.0.is_empty() { Ok(()) } else { Err(ModelError::Damaged("something follows its end")) }
    }
}

const OUT_OF_RANGE: ModelError = ModelError::Damaged("a key is out of range");

/// Puts values at the end of bytes.
#[derive(Debug, Default)]
pub(crate) struct Writer(pub(crate) Vec<u8>);

impl Writer {
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    pub(crate) fn count(&mut self, count: usize) {
        self.bytes(&u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes());
    }

    pub(crate) fn numbers(&mut self, numbers: &[f32]) {
        for number in numbers {
            self.bytes(&number.to_le_bytes());
        }
    }

    /// At most 255 bytes of it.
    pub(crate) fn text(&mut self, text: &str) {
        let end = text.floor_char_boundary(usize::from(u8::MAX));
        self.0.push(u8::try_from(end).unwrap_or(u8::MAX));
        self.bytes(&text.as_bytes()[..end]);
    }

    /// Ascending keys.
    pub(crate) fn keys(&mut self, keys: &[u32]) {
        let mut last = 0;
        for key in keys {
            self.short(key - last);
            last = *key;
        }
    }

    /// Ascending rows, the same one several times or not, behind their number.
    pub(crate) fn rows(&mut self, rows: &[u32]) {
        self.short(u32::try_from(rows.len()).unwrap_or(u32::MAX));
        self.keys(rows);
    }

    fn short(&mut self, mut number: u32) {
        while number > 0x7f {
            self.0.push((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_back_and_impossible_ones_are_refused() {
        let keys = [0, 1, 127, 128, 1 << 20, u32::MAX];
        let mut writer = Writer::default();
        writer.keys(&keys);
        assert_eq!(Reader(&writer.0).keys(keys.len()).unwrap(), keys);
        assert!(Reader(&writer.0).keys(keys.len() + 1).is_err());
        assert!(Reader(&[0xff; 9]).keys(1).is_err());
        assert!(Reader(&[5, 0]).keys(2).is_err(), "keys ascend");
    }

    #[test]
    fn rows_may_repeat_and_those_beyond_the_features_are_refused() {
        let mut writer = Writer::default();
        writer.rows(&[0, 3, 3, 300]);
        writer.rows(&[]);
        let mut rows = Vec::new();
        let mut reader = Reader(&writer.0);
        reader.rows(301, &mut rows).unwrap();
        reader.rows(301, &mut rows).unwrap();
        assert_eq!(rows, [0, 3, 3, 300]);
        assert!(reader.end().is_ok());
        assert!(Reader(&writer.0).rows(300, &mut rows).is_err());
        assert!(Reader(&[200, 200, 200, 200, 200, 1]).rows(300, &mut rows).is_err());
    }

    #[test]
    fn numbers_that_are_none_are_refused() {
        assert!(Reader(&f32::NAN.to_le_bytes()).number().is_err());
        assert!(Reader(&[0; 3]).number().is_err());
    }
}
