"""A program of its own that encodes what it reads from a pipe as an MP4: H.264 and AAC by FFmpeg.

    python game/video/encoder_process.py FILE WIDTH HEIGHT FRAMES

It reads from standard input, for each of FRAMES frames, the picture (WIDTH x HEIGHT pixels of
three bytes, red first) and then its 512 samples of sound (signed, 16 bits, little-endian, 30,720
a second). It ends with status 0 when FILE is whole; otherwise FILE is gone and the reason stands
on standard output, as game/system/answers.py reads it.

It is not a part of the arcade's own process because it must not be: see "Making films" in
assets/licences/README.md. So it imports nothing of the arcade.
"""

from __future__ import annotations

import json
import os
import sys
from fractions import Fraction
from pathlib import Path

FRAMES_PER_SECOND = 60
SAMPLES_PER_FRAME = 512
SAMPLE_RATE = SAMPLES_PER_FRAME * FRAMES_PER_SECOND
AAC_RATE = 48_000  # a rate that AAC supports; 800 samples a frame
AAC_BITS = 96_000  # per second, for one channel
QUALITY = 20  # x264's crf, of which 18 is said to look lossless
BT709, LIMITED = 1, 1  # as H.264 numbers them: the colours of HD television


def encode(file: Path, size: tuple[int, int], frames: int) -> None:
    """Write `file` from standard input; raise OSError, or EOFError if the input ends early."""
    import av  # imported here because it is slow; the arcade checks beforehand that it is there

    width, height = size
    with av.open(str(file), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        options = {"preset": "veryfast", "crf": str(QUALITY)}
        video = container.add_stream("libx264", rate=FRAMES_PER_SECOND, options=options)
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        video.codec_context.time_base = Fraction(1, FRAMES_PER_SECOND)
        video.codec_context.colorspace, video.codec_context.color_range = BT709, LIMITED
        video.codec_context.color_primaries = video.codec_context.color_trc = BT709
        sound = container.add_stream("aac", rate=AAC_RATE, layout="mono")
        sound.bit_rate = AAC_BITS
        for number in range(frames):
            picture = av.VideoFrame(width, height, "rgb24")
            _fill(picture.planes[0], _read(width * height * 3), width * 3)
            picture = picture.reformat(format="yuv420p", dst_colorspace="ITU709")
            picture.pts, picture.time_base = number, Fraction(1, FRAMES_PER_SECOND)
            container.mux(video.encode(picture))
            samples = av.AudioFrame("s16", "mono", SAMPLES_PER_FRAME)
            samples.planes[0].update(_read(SAMPLES_PER_FRAME * 2))
            samples.sample_rate = SAMPLE_RATE
            samples.pts, samples.time_base = number * SAMPLES_PER_FRAME, Fraction(1, SAMPLE_RATE)
            container.mux(sound.encode(samples))
        container.mux(video.encode(None))
        container.mux(sound.encode(None))


def _fill(plane: object, data: bytes, row: int) -> None:
    """Copy `data` with `row` bytes a line into a plane, whose lines may be padded."""
    stride = plane.line_size  # type: ignore[attr-defined]
    if stride != row:
        rows = (data[at : at + row] for at in range(0, len(data), row))
        data = b"".join(line.ljust(stride, b"\0") for line in rows)
    plane.update(data)  # type: ignore[attr-defined]


def _read(count: int) -> bytes:
    data = sys.stdin.buffer.read(count)
    if len(data) < count:
        raise EOFError("the video was cancelled")
    return data


def main() -> int:
    """Run the program."""
    file, numbers = Path(sys.argv[1]), [int(word) for word in sys.argv[2:]]
    try:
        encode(file, (numbers[0], numbers[1]), numbers[2])
    except (OSError, EOFError) as error:
        file.unlink(missing_ok=True)
        number = getattr(error, "errno", None)
        reason = os.strerror(number) if number and number > 0 else str(error)
        print(json.dumps({"bigchamp": {"problem": reason}}))  # plain ASCII
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
