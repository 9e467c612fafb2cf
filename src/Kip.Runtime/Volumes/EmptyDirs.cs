using System.Text.Json;
using Kip.Resources;
using Kip.Runtime.Containers.Spec;
using Kip.Runtime.Pods;
using Kip.Runtime.Pods.Slots;

namespace Kip.Runtime.Volumes;

/// <summary>What an emptyDir volume asks for.</summary>
/// <param name="InMemory"><c>medium: Memory</c>: a tmpfs.</param>
/// <param name="SizeLimit">Bytes; null: none of its own.</param>
internal readonly record struct EmptyDirs(bool InMemory, long? SizeLimit)
{
    /// <summary>How large a tmpfs is that names no size.</summary>
    public const long DefaultMemory = 256L << 20;

    /// <exception cref="ContainerSetupException">The medium or the size is none.</exception>
    public static EmptyDirs Of(string volume, RawJson source)
    {
        using var json = JsonDocument.Parse(source.Text);
        var medium = json.RootElement.TryGetProperty("medium", out var m) ? m.GetString() : null;
        if (medium is not (null or "" or "Memory"))
            throw new ContainerSetupException(
                "CreateContainerConfigError", $"volume \"{volume}\": emptyDir has the medium \"{medium}\"; there is the disk, and Memory");
        long? limit = null;
        if (json.RootElement.TryGetProperty("sizeLimit", out var size) && size.ValueKind != JsonValueKind.Null)
            limit = (long?)ResourceLimits.Quantity(size.ToString())
                ?? throw new ContainerSetupException("CreateContainerConfigError", $"volume \"{volume}\": sizeLimit \"{size}\" is no quantity such as 64Mi");
        return new EmptyDirs(medium == "Memory", limit is > 0 ? limit : null);
    }
}
