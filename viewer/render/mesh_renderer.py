"""Draws a triangle mesh into an image with OpenGL, without a window of its own.

Rendering off the screen and painting the result like any other picture keeps the main window an
ordinary raster window: no second compositing path, no window that is made anew when the first
surface appears, and the same code for the screen, for screenshots and for tests.
"""

from collections.abc import Callable
from ctypes import CFUNCTYPE, c_char, c_int, c_uint, c_void_p
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, QThread
from PySide6.QtGui import (
    QColor,
    QImage,
    QMatrix3x3,
    QMatrix4x4,
    QOffscreenSurface,
    QOpenGLContext,
    QOpenGLFunctions,
    QSurfaceFormat,
    QVector4D,
)
from PySide6.QtOpenGL import (
    QOpenGLBuffer,
    QOpenGLFramebufferObject,
    QOpenGLFramebufferObjectFormat,
    QOpenGLShader,
    QOpenGLShaderProgram,
    QOpenGLVertexArrayObject,
)

from viewer.core.errors import ViewerError
from viewer.i18n import tr
from viewer.imaging.mesh import Mesh
from viewer.render.camera import OrbitCamera

SAMPLES = 4
"""Samples a pixel for smooth edges, where the driver has them."""

_GL_FLOAT, _GL_UNSIGNED_INT, _GL_UNSIGNED_BYTE, _GL_TRIANGLES = 0x1406, 0x1405, 0x1401, 0x0004
_GL_DEPTH_TEST, _GL_BLEND, _GL_LEQUAL, _GL_RGBA = 0x0B71, 0x0BE2, 0x0203, 0x1908
_GL_SRC_ALPHA, _GL_ONE_MINUS_SRC_ALPHA, _GL_NEAREST = 0x0302, 0x0303, 0x2600
_GL_COLOR_BUFFER_BIT, _GL_DEPTH_BUFFER_BIT = 0x4000, 0x0100
_GL_READ_FRAMEBUFFER, _GL_DRAW_FRAMEBUFFER = 0x8CA8, 0x8CA9

_VERTEX_SHADER = """
uniform mat4 u_view;
uniform mat4 u_projection;
uniform mat3 u_rotation;
attribute vec3 a_position;
attribute vec3 a_normal;
varying vec3 v_normal;
varying vec3 v_position;
void main() {
    vec4 position = u_view * vec4(a_position, 1.0);
    v_position = position.xyz;
    v_normal = u_rotation * a_normal;
    gl_Position = u_projection * position;
}
"""

# Two-sided Blinn-Phong with a key light over the reader's left shoulder and a weak fill light;
# what lies deeper is a little darker, which tells front from back on a still image.
_FRAGMENT_SHADER = """
#ifdef GL_ES
precision highp float;
#endif
uniform vec4 u_colour;
uniform float u_near_mm;
uniform float u_far_mm;
varying vec3 v_normal;
varying vec3 v_position;
void main() {
    vec3 eye = normalize(-v_position);
    float size = length(v_normal);
    vec3 normal = size > 0.0 ? v_normal / size : eye;
    if (dot(normal, eye) < 0.0) normal = -normal;
    vec3 key = normalize(vec3(-0.45, 0.55, 0.9));
    vec3 fill = normalize(vec3(0.8, -0.25, 0.5));
    float diffuse = 0.72 * max(dot(normal, key), 0.0) + 0.22 * max(dot(normal, fill), 0.0);
    float shine = pow(max(dot(normal, normalize(key + eye)), 0.0), 42.0);
    float depth = clamp((-v_position.z - u_near_mm) / max(u_far_mm - u_near_mm, 1.0), 0.0, 1.0);
    float facing = dot(normal, eye);
    vec3 colour = u_colour.rgb * (0.16 + diffuse) + vec3(0.16 * shine);
    colour *= 1.0 - 0.38 * depth;
    float alpha = u_colour.a;
    if (alpha < 1.0) alpha = min(alpha * (0.55 + 1.4 * pow(1.0 - facing, 1.5)), 1.0);
    gl_FragColor = vec4(colour, alpha);
}
"""


class OpenGlUnavailableError(ViewerError):
    """There is no OpenGL here: no screen, or no driver."""

    def __init__(self, why: str) -> None:
        super().__init__(
            tr("The 3D view needs OpenGL"),
            why,
            tr("Everything else works; surfaces can still be computed and saved as STL"),
        )


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture to be made.

    Attributes
    ----------
    camera : OrbitCamera
        Where from.
    size_px : tuple of int
        Width and height in device pixels.
    colour : str
        Of the surface, "#rrggbb".
    opacity : float
        0..1; below 1 the surface is drawn like glass, thicker at its edges.
    samples : int
        Samples a pixel; 0 is fastest.
    """

    camera: OrbitCamera
    size_px: tuple[int, int]
    colour: str
    opacity: float
    samples: int = SAMPLES


class _NativeCalls:
    """The calls that take long, through ctypes, which lets other threads run meanwhile.

    Qt's own wrappers hold the interpreter for the whole of a frame (measured).
    """

    def __init__(self, context: QOpenGLContext) -> None:
        def load(name: bytes, *types: type) -> Callable[..., None]:
            function: Callable[..., None] = CFUNCTYPE(None, *types)(context.getProcAddress(name))
            return function

        self.draw_elements = load(b"glDrawElements", c_uint, c_int, c_uint, c_void_p)
        self.read_pixels = load(
            b"glReadPixels", c_int, c_int, c_int, c_int, c_uint, c_uint, c_void_p
        )
        self.bind_framebuffer = load(b"glBindFramebuffer", c_uint, c_uint)
        self.blit_framebuffer = load(b"glBlitFramebuffer", *[c_int] * 8, c_uint, c_uint)


class MeshRenderer:
    """An OpenGL context with at most one mesh in it.

    Made on the window's thread; `move_to` hands it to another, where `begin` comes first and
    `close` last.

    Parameters
    ----------
    surface : QOffscreenSurface
        Made on the window's thread; see `make_surface`.

    Raises
    ------
    OpenGlUnavailableError
        When no context can be made, or it cannot run the shaders.
    """

    def __init__(self, surface: QOffscreenSurface) -> None:
        self._surface = surface
        self._context = QOpenGLContext()
        self._context.setFormat(surface.requestedFormat())
        if not self._context.create() or not self._context.makeCurrent(surface):
            raise OpenGlUnavailableError(tr("no OpenGL context can be made on this screen"))
        self._functions = QOpenGLFunctions(self._context)
        self._functions.initializeOpenGLFunctions()
        self._native = _NativeCalls(self._context)
        self._program = _compile()
        self._arrays = QOpenGLVertexArrayObject()
        self._arrays.create()  # not there in old profiles, which do not need it
        self._vertices = QOpenGLBuffer(QOpenGLBuffer.Type.VertexBuffer)
        self._normals = QOpenGLBuffer(QOpenGLBuffer.Type.VertexBuffer)
        self._faces = QOpenGLBuffer(QOpenGLBuffer.Type.IndexBuffer)
        for buffer in (self._vertices, self._normals, self._faces):
            buffer.create()
        self._targets: dict[int, QOpenGLFramebufferObject] = {}
        self._index_count = 0
        self._center_lps_mm = np.zeros(3)
        self._radius_mm = 1.0
        self._arrays_ready = self._arrays.isCreated()

    def move_to(self, thread: QThread) -> None:
        """Hand the context to a thread that has not started yet."""
        self._context.doneCurrent()
        self._context.moveToThread(thread)

    def begin(self) -> None:
        """Take the context, on the thread it was moved to."""
        self._context.makeCurrent(self._surface)

    def set_mesh(self, mesh: Mesh) -> None:
        """Upload another mesh."""
        for buffer, array, dtype in (
            (self._vertices, mesh.vertices_lps_mm, np.float32),
            (self._normals, mesh.normals, np.float32),
            (self._faces, mesh.faces, np.uint32),
        ):
            packed = np.ascontiguousarray(array, dtype)
            buffer.bind()
            buffer.allocate(packed.tobytes(), packed.nbytes)
            buffer.release()
        self._index_count = int(mesh.faces.size)
        if self._index_count:
            low, high = mesh.bounds_lps_mm
            self._center_lps_mm = (low + high) / 2
            self._radius_mm = max(float(np.linalg.norm(high - low)) / 2, 1.0)

    def render(self, frame: Frame) -> QImage:
        """Draw the mesh on black; the image has `frame.size_px` pixels."""
        width, height = frame.size_px
        gl, native = self._functions, self._native
        target = self._target(frame.size_px, frame.samples)
        target.bind()
        gl.glViewport(0, 0, width, height)
        gl.glDepthMask(True)
        gl.glColorMask(True, True, True, True)
        gl.glClearColor(0.0, 0.0, 0.0, 1.0)
        gl.glClear(_GL_COLOR_BUFFER_BIT | _GL_DEPTH_BUFFER_BIT)
        if self._index_count:
            self._draw(frame)
        if frame.samples:
            resolved = self._target(frame.size_px, 0)
            native.bind_framebuffer(_GL_READ_FRAMEBUFFER, target.handle())
            native.bind_framebuffer(_GL_DRAW_FRAMEBUFFER, resolved.handle())
            whole = (0, 0, width, height)
            native.blit_framebuffer(*whole, *whole, _GL_COLOR_BUFFER_BIT, _GL_NEAREST)
            resolved.bind()
        pixels = bytearray(4 * width * height)
        pointer = (c_char * len(pixels)).from_buffer(pixels)
        native.read_pixels(0, 0, width, height, _GL_RGBA, _GL_UNSIGNED_BYTE, pointer)
        image = QImage(pixels, width, height, 4 * width, QImage.Format.Format_RGBX8888)
        return image.convertToFormat(QImage.Format.Format_RGB32)  # a copy that owns its pixels

    def close(self) -> None:
        """Free what the driver holds; the renderer cannot be used afterwards."""
        for buffer in (self._vertices, self._normals, self._faces):
            buffer.destroy()
        self._arrays.destroy()
        self._program.removeAllShaders()
        self._targets.clear()
        self._context.doneCurrent()

    def _target(self, size_px: tuple[int, int], samples: int) -> QOpenGLFramebufferObject:
        target = self._targets.get(samples)
        if target is None or target.size() != QSize(*size_px):
            target_format = QOpenGLFramebufferObjectFormat()
            target_format.setSamples(samples)
            target_format.setAttachment(QOpenGLFramebufferObject.Attachment.CombinedDepthStencil)
            target = QOpenGLFramebufferObject(QSize(*size_px), target_format)
            self._targets[samples] = target
        return target

    def _draw(self, frame: Frame) -> None:
        program = self._program
        program.bind()
        self._set_uniforms(frame)
        if self._arrays_ready:
            self._arrays.bind()
        _point_at(program, "a_position", self._vertices)
        _point_at(program, "a_normal", self._normals)
        self._set_blending(frame.opacity < 1.0)
        self._faces.bind()
        self._native.draw_elements(_GL_TRIANGLES, self._index_count, _GL_UNSIGNED_INT, None)
        self._faces.release()
        if self._arrays_ready:
            self._arrays.release()
        program.release()

    def _set_uniforms(self, frame: Frame) -> None:
        camera, program = frame.camera, self._program
        at = program.uniformLocation
        offset_mm = float(np.linalg.norm(self._center_lps_mm - np.asarray(camera.center_lps_mm)))
        depth_mm = float(-(camera.view_matrix() @ np.append(self._center_lps_mm, 1.0))[2])
        projection = camera.projection_matrix(frame.size_px, offset_mm + self._radius_mm)
        projection[1] *= -1  # OpenGL's first row is the lowest, an image's the highest
        program.setUniformValue(at("u_view"), _matrix4(camera.view_matrix()))
        program.setUniformValue(at("u_projection"), _matrix4(projection))
        program.setUniformValue(at("u_rotation"), _matrix3(camera.rotation))
        colour = QColor(frame.colour)
        program.setUniformValue(
            at("u_colour"), QVector4D(colour.redF(), colour.greenF(), colour.blueF(), frame.opacity)
        )
        program.setUniformValue1f(at("u_near_mm"), depth_mm - self._radius_mm)
        program.setUniformValue1f(at("u_far_mm"), depth_mm + self._radius_mm)

    def _set_blending(self, glass: bool) -> None:
        gl = self._functions
        gl.glEnable(_GL_DEPTH_TEST)
        gl.glDepthFunc(_GL_LEQUAL)
        # Glass shows what is behind it: it leaves no depth. The image itself stays opaque.
        gl.glDepthMask(not glass)
        gl.glColorMask(True, True, True, not glass)
        if glass:
            gl.glEnable(_GL_BLEND)
            gl.glBlendFunc(_GL_SRC_ALPHA, _GL_ONE_MINUS_SRC_ALPHA)
        else:
            gl.glDisable(_GL_BLEND)


def make_surface() -> QOffscreenSurface:
    """Make what a renderer draws on; for the window's thread (on some systems it is a window)."""
    surface_format = QSurfaceFormat()
    surface_format.setDepthBufferSize(24)
    surface = QOffscreenSurface()
    surface.setFormat(surface_format)
    surface.create()
    return surface


def _compile() -> QOpenGLShaderProgram:
    program = QOpenGLShaderProgram()
    compiled = (
        program.addShaderFromSourceCode(QOpenGLShader.ShaderTypeBit.Vertex, _VERTEX_SHADER)
        and program.addShaderFromSourceCode(QOpenGLShader.ShaderTypeBit.Fragment, _FRAGMENT_SHADER)
        and program.link()
    )
    if not compiled:
        raise OpenGlUnavailableError(tr("the OpenGL driver does not run the shaders"))
    return program


def _point_at(program: QOpenGLShaderProgram, name: str, buffer: QOpenGLBuffer) -> None:
    location = program.attributeLocation(name)
    buffer.bind()
    program.enableAttributeArray(location)
    program.setAttributeBuffer(location, _GL_FLOAT, 0, 3, 0)
    buffer.release()


def _matrix4(matrix: NDArray[np.float64]) -> QMatrix4x4:
    return QMatrix4x4(*(float(value) for value in matrix.ravel()))


def _matrix3(matrix: NDArray[np.float64]) -> QMatrix3x3:
    return QMatrix3x3([float(value) for value in matrix.ravel()])
