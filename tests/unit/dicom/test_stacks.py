"""What a stack says of images that differ."""

import pytest

from tests.support.dicom_writer import write_series
from viewer.core.caveats import CaveatCode
from viewer.core.progress import SilentContext
from viewer.dicom.scan import scan


@pytest.mark.parametrize(
    ("ratios", "worst", "text", "short"),
    [
        ([10, 30, 20, None, 10, 10], 30, "up to 30:1", "lossy up to 30:1"),
        ([2.35] * 6, 2.35, "2.35:1", "lossy 2.35:1"),
        ([None] * 6, None, "by an unknown ratio", "lossy"),
    ],
)
def test_the_worst_ratio_of_lossy_images_counts(tmp_path, ratios, worst, text, short):
    def change(one, z):
        one.LossyImageCompression = "01"
        if ratios[z]:
            one.LossyImageCompressionRatio = ratios[z]

    write_series(tmp_path, change=change)
    (stack,) = scan(SilentContext(), [tmp_path]).stacks()
    assert stack.lossy_ratio == worst
    (caveat,) = [c for c in stack.caveats if c.code is CaveatCode.LOSSY]
    assert caveat.text == f"the images were compressed with loss, {text}"
    assert caveat.short == short


def test_images_without_loss_say_no_ratio(tmp_path):
    write_series(tmp_path, change=lambda one, z: setattr(one, "LossyImageCompression", "00"))
    (stack,) = scan(SilentContext(), [tmp_path]).stacks()
    assert stack.lossy_ratio is None
    assert CaveatCode.LOSSY not in {caveat.code for caveat in stack.caveats}
