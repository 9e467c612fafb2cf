using Kip.Host.CommandLine;
using Kip.Host.Platform;
using Kip.Host.Platform.Starting;
using Kip.Images;
using Kip.Images.References;

namespace Kip.Host.Commands.Images;

/// <summary>Image names as people type them to commands.</summary>
internal static class ImageNames
{
    /// <exception cref="CommandFailure">It is no image reference.</exception>
    public static ImageReference Parse(string text, DataFolder data)
    {
        if (!ImageReference.TryParse(text, out var reference))
            throw new CommandFailure($"\"{text}\" is not an image name; it looks like registry/name:tag, e.g. kip.local/hello:v1");
        return InstanceFile.Read(data) is { } running ? OwnOf(running).Canonical(reference) : reference;
    }

    /// <summary>The names of a running platform's registry.</summary>
    public static OwnRegistry OwnOf(InstanceFile running)
    {
        var own = new OwnRegistry();
        if (running.Registry is { } address && System.Net.IPEndPoint.TryParse(address, out var endPoint)) own.ListensAt(endPoint);
        return own;
    }
}
