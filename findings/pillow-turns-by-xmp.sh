#!/bin/sh
# Guess: Pillow's `ImageOps.exif_transpose` turns a picture as its EXIF says; one without EXIF stays as it is.
# In fact: it also obeys `tiff:Orientation` in XMP. A PNG of 40 × 20 without any EXIF comes out as 20 × 40. So a program
# that reads the orientation from EXIF alone, to know whether the compressed pixels may stay, is wrong about such files.
# Versions: Pillow 13.0.0, Python 3.11 and 3.13.
# Source: PIL/ImageOps.py, `exif_transpose`, and PIL/Image.py, `getexif`, which looks into XMP.

. "$(dirname "$0")/lib.sh"

install pillow==13.0.0
expect 'in EXIF: False
size before: (40, 20)
size after: (20, 40)
without XMP: (40, 20)' <<'END'
import io

from PIL import Image, ImageOps, PngImagePlugin

XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/></rdf:RDF></x:xmpmeta>"""


def png(xmp: str | None) -> Image.Image:
    info = PngImagePlugin.PngInfo()
    if xmp:
        info.add_itxt("XML:com.adobe.xmp", xmp)
    made = io.BytesIO()
    Image.new("RGB", (40, 20)).save(made, "PNG", pnginfo=info)
    return Image.open(made)


picture = png(XMP)
print("in EXIF:", "exif" in picture.info)
print("size before:", picture.size)
print("size after:", ImageOps.exif_transpose(picture).size)
print("without XMP:", ImageOps.exif_transpose(png(None)).size)
END
