//! A recording's compressed packets, laid end to end, and which frames each yields.
//!
//! Keeping packets instead of the file makes every frame quick to reach in every format: no container is searched and no
//! header is trusted a second time.
//!
//! Invariant: what is kept is no larger than the file was, but for 8 bytes a packet.

use symphonia::core::codecs::CodecParameters;
use symphonia::core::formats::Packet;

/// Where one packet ends. It begins where the one before it ended.
#[derive(Clone, Copy, Default)]
struct End {
    byte: u32,
    /// Frames the codec yielded up to here. Fits: 4 hours at 192 kHz are 2.8 billion.
    frame: u32,
}

/// What a container wants cut off a packet's sound; only Ogg's first and last pages do.
struct Trim {
    packet: usize,
    start: u32,
    end: u32,
}

pub(crate) struct Packets {
    params: CodecParameters,
    data: Vec<u8>,
    ends: Vec<End>,
    trims: Vec<Trim>,
}

impl Packets {
    /// Room for the packets of a file of `file_bytes`.
    pub(crate) fn new(params: CodecParameters, file_bytes: usize) -> Self {
        Self { params, data: Vec::with_capacity(file_bytes), ends: Vec::new(), trims: Vec::new() }
    }

    /// Whether `packet` can be kept: an index may name the same bytes a million times.
    pub(crate) fn has_room_for(&self, packet: &Packet) -> bool {
        self.data.capacity() - self.data.len() >= packet.buf().len()
    }

    /// Adds a packet that yielded `frames`.
    pub(crate) fn push(&mut self, packet: &Packet, frames: u32) {
        if packet.trim_start() > 0 || packet.trim_end() > 0 {
            self.trims.push(Trim { packet: self.ends.len(), start: packet.trim_start(), end: packet.trim_end() });
        }
        self.data.extend_from_slice(packet.buf());
        let frame = self.frames() + frames;
        self.ends.push(End { byte: self.data.len() as u32, frame });
    }

    /// Gives back what room is left.
    pub(crate) fn close(&mut self) {
        self.data.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    pub(crate) fn params(&self) -> &CodecParameters {
        &self.params
    }

    /// Frames in all packets.
    pub(crate) fn frames(&self) -> u32 {
        self.ends.last().map_or(0, |end| end.frame)
    }

    /// Memory held, in bytes.
    pub(crate) fn size(&self) -> usize {
        self.data.capacity() + self.ends.capacity() * size_of::<End>()
    }

    /// The packet that holds `frame`, or the number of packets when none does.
    pub(crate) fn holding(&self, frame: u32) -> usize {
        self.ends.partition_point(|end| end.frame <= frame)
    }

    /// The frames packet `index` yields.
    pub(crate) fn span(&self, index: usize) -> std::ops::Range<u32> {
        self.start(index).frame..self.ends[index].frame
    }

    /// Packet `index` as it was pushed.
    pub(crate) fn get(&self, index: usize) -> Packet {
        let data = &self.data[self.start(index).byte as usize..self.ends[index].byte as usize];
        let (start, end) = match self.trims.binary_search_by_key(&index, |trim| trim.packet) {
            Ok(found) => (self.trims[found].start, self.trims[found].end),
            Err(_) => (0, 0),
        };
        // No codec looks at a packet's track, time or duration.
        Packet::new_trimmed_from_slice(0, 0, 0, start, end, data)
    }

    fn start(&self, index: usize) -> End {
        index.checked_sub(1).map_or(End::default(), |before| self.ends[before])
    }
}
