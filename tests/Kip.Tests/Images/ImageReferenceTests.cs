using Kip.Images;
using Kip.Images.References;
using Shouldly;

namespace Kip.Tests.Images;

public sealed class ImageReferenceTests
{
    private const string Hex = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    [Theory]
    [InlineData("busybox", "docker.io/library/busybox:latest")]
    [InlineData("busybox:1.36", "docker.io/library/busybox:1.36")]
    [InlineData("user/app", "docker.io/user/app:latest")]
    [InlineData("index.docker.io/user/app:v1", "docker.io/user/app:v1")]
    [InlineData("docker.io/busybox", "docker.io/library/busybox:latest")]
    [InlineData("localhost/app", "localhost/app:latest")]
    [InlineData("localhost:5000/app", "localhost:5000/app:latest")]
    [InlineData("127.0.0.1:5000/a/b/c:x", "127.0.0.1:5000/a/b/c:x")]
    [InlineData("[::1]:5000/app:x", "[::1]:5000/app:x")]
    [InlineData("ghcr.io/o/app@sha256:" + Hex, "ghcr.io/o/app@sha256:" + Hex)]
    [InlineData("ghcr.io/o/app:v1@sha256:" + Hex, "ghcr.io/o/app:v1@sha256:" + Hex)]
    [InlineData("kip.local/hello", "kip.local/hello:latest")]
    public void A_reference_is_completed_as_docker_does(string written, string complete) => ImageReference.Parse(written).ToString().ShouldBe(complete);

    [Theory]
    [InlineData("")]
    [InlineData("UPPER/case:x")]
    [InlineData("docker.io/Upper")]
    [InlineData("a//b")]
    [InlineData("../../etc/passwd")]
    [InlineData("example.com/../x")]
    [InlineData("example.com/_tags")]
    [InlineData("name:")]
    [InlineData("name:tag:tag")]
    [InlineData("name@sha256:short")]
    [InlineData("name@md5:" + Hex)]
    [InlineData("name with space")]
    [InlineData("name\n")]
    [InlineData("host:99999999/name")]
    public void What_is_no_reference_is_refused(string written)
    {
        ImageReference.TryParse(written, out _).ShouldBeFalse();
        Should.Throw<ImageException>(() => ImageReference.Parse(written)).Reason.ShouldBe(ImageFailure.InvalidImageName);
    }
}
