using System.Globalization;
using Kip.Runtime.Pods;
using Kip.Runtime.Pods.Slots;

namespace Kip.Runtime.Containers;

/// <summary>Who a container's program runs as.</summary>
/// <param name="Uid">Its user.</param>
/// <param name="Gid">Its group.</param>
/// <param name="Groups">Its further groups, ascending.</param>
/// <param name="Home">Its home folder, for <c>$HOME</c>.</param>
public sealed record ImageUser(uint Uid, uint Gid, IReadOnlyList<uint> Groups, string Home)
{
    /// <summary>The user that an image or a pod names, looked up in the image's own files.</summary>
    /// <param name="wanted"><c>user</c>, <c>uid</c>, <c>user:group</c>, <c>uid:gid</c> or empty for root.</param>
    /// <param name="passwd">The image's <c>/etc/passwd</c>; null where it has none.</param>
    /// <param name="group">Its <c>/etc/group</c>.</param>
    /// <exception cref="ContainerSetupException">The image has no such user or group.</exception>
    internal static ImageUser Find(string wanted, string? passwd, string? group)
    {
        var parts = wanted.Split(':', 2);
        var name = parts[0].Length == 0 ? "0" : parts[0];
        var users = Lines(passwd, 7);
        var entry = users.FirstOrDefault(u => u[0] == name) ?? (IsNumber(name) ? users.FirstOrDefault(u => u[2] == name) : null);
        if (entry is null && !IsNumber(name))
            throw new ContainerSetupException("CreateContainerConfigError", $"the image has no user \"{name}\" in its /etc/passwd; give runAsUser as a number");
        var uid = Number(entry?[2] ?? name, name);
        var groups = Lines(group, 4);
        var gid = parts.Length == 2 && parts[1].Length > 0 ? GroupOf(parts[1], groups) : entry is null ? 0 : Number(entry[3], name);
        var more = entry is null ? [] : groups.Where(g => g[3].Split(',').Contains(entry[0], StringComparer.Ordinal))
            .Select(static g => g[2]).Where(IsNumber).Select(g => Number(g, name)).Where(g => g != gid).Order().ToArray();
        return new ImageUser(uid, gid, more, entry is { } known && known[5].Length > 0 ? known[5] : "/");
    }

    private static uint GroupOf(string name, List<string[]> groups)
    {
        if (groups.FirstOrDefault(g => g[0] == name) is { } entry) return Number(entry[2], name);
        return IsNumber(name) ? Number(name, name)
            : throw new ContainerSetupException(
                "CreateContainerConfigError", $"the image has no group \"{name}\" in its /etc/group; give runAsGroup as a number");
    }

    private static List<string[]> Lines(string? file, int fields) =>
        [.. (file ?? "").Split('\n').Select(static l => l.TrimEnd('\r').Split(':')).Where(l => l.Length >= fields)];

    private static bool IsNumber(string text) => text.Length > 0 && text.All(char.IsAsciiDigit);

    private static uint Number(string text, string name) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new ContainerSetupException("CreateContainerConfigError", $"user \"{name}\": {text} is no user or group id");
}
