using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kip.ApiServer.Registry;

/// <summary>Where a registry's ids come from, and its limits.</summary>
public sealed record ResourceRegistryOptions
{
    // Kubernetes' alphabet for generated names: no vowels, so no words; nothing that is read as something else.
    private const string SafeAlphabet = "bcdfghjklmnpqrstvwxz2456789";

    public KindCatalog Kinds { get; init; } = KindCatalog.BuiltIn;

    /// <value>A random UUID.</value>
    public Func<string> NewUid { get; init; } = static () => Guid.NewGuid().ToString();

    /// <summary>So many characters to follow a <c>generateName</c>.</summary>
    /// <value>Random ones of Kubernetes' safe alphabet.</value>
    public Func<int, string> NameSuffix { get; init; } = static length => RandomNumberGenerator.GetString(SafeAlphabet, length);

    /// <summary>The gateway through which webhooks that are Services are asked, by names of <c>svc.cluster.local</c>.</summary>
    /// <value>None: such webhooks cannot be asked.</value>
    public Func<Uri?> Services { get; init; } = static () => null;

    /// <summary>The largest object, in bytes of JSON. A larger one is refused with 413.</summary>
    /// <value>1.5 MiB.</value>
    public int MaxObjectBytes { get; init; } = 1536 * 1024;

    /// <summary>How long an Event is kept after it was last written.</summary>
    /// <value>One hour.</value>
    public TimeSpan EventTimeToLive { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How many Events are kept; beyond that the oldest go first.</summary>
    /// <value>2,000.</value>
    public int MaxEvents { get; init; } = 2000;

    /// <summary>How often a watch that asked for bookmarks gets one.</summary>
    /// <value>30 s.</value>
    public TimeSpan BookmarkPeriod { get; init; } = TimeSpan.FromSeconds(30);

    /// <value>None.</value>
    public ILogger Logger { get; init; } = NullLogger.Instance;
}
