using System.Diagnostics;
using Kip.Images;
using Kip.Images.References;
using Kip.Resources.Core;

namespace Kip.Testing.Runtime;

/// <summary>One image, whatever it is asked for: Debian's static busybox with its commands and a user <c>web</c>.</summary>
public sealed class BusyboxImages : IImageSource, IDisposable
{
    private const string Program = "/bin/busybox";

    private readonly string _layer = Directory.CreateTempSubdirectory("kip-busybox-").FullName;

    public BusyboxImages()
    {
        foreach (var folder in (string[])["bin", "etc", "srv", "tmp"]) Directory.CreateDirectory(Path.Combine(_layer, folder));
        File.Copy(Program, Path.Combine(_layer, "bin", "busybox"));
        // su, for one, works with the owner's rights only, and its root has no password.
        File.Copy(Program, Path.Combine(_layer, "bin", "busybox-suid"));
        File.SetUnixFileMode(Path.Combine(_layer, "bin", "busybox-suid"), (UnixFileMode)0b100_111_101_101);
        foreach (var name in Commands()) File.CreateSymbolicLink(Path.Combine(_layer, "bin", name), "busybox");
        File.WriteAllText(Path.Combine(_layer, "etc", "passwd"), "root::0:0:root:/root:/bin/sh\nweb:x:1001:1002:web:/srv:/bin/sh\n");
        File.WriteAllText(Path.Combine(_layer, "etc", "group"), "root:x:0:\nweb:x:1002:\nlogs:x:1003:web\n");
    }

    /// <summary>What the image says of itself.</summary>
    public ImageConfig Config { get; set; } = new() { Cmd = ["sh"], Env = ["FROM_IMAGE=yes"] };

    public Task<UnpackedImage> EnsureAsync(
        string reference, string policy, IReadOnlyList<Secret> pullSecrets, IProgress<PullProgress>? progress, CancellationToken cancel) =>
        reference.Contains("missing", StringComparison.Ordinal)
            ? throw new ImageException(ImageFailure.ErrImagePull, $"{reference}: there is no such image")
            : Task.FromResult(new UnpackedImage
            {
                Reference = ImageReference.Parse(reference), Digest = Digest.Of("busybox"u8), Config = Config, LayerDirectories = [_layer],
            });

    public void Dispose() => Directory.Delete(_layer, recursive: true);

    private static string[] Commands()
    {
        using var list = Process.Start(new ProcessStartInfo(Program, "--list") { RedirectStandardOutput = true })!;
        var names = list.StandardOutput.ReadToEnd();
        list.WaitForExit();
        return [.. names.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(static n => n != "busybox")];
    }
}
