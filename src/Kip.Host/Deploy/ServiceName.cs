using System.Text.RegularExpressions;
using Kip.Host.CommandLine;

namespace Kip.Host.Deploy;

/// <summary>What a deployed directory is called.</summary>
internal static partial class ServiceName
{
    private const int MaxLength = 63;

    /// <summary>The name asked for, or one made from the directory's: lower case, what is not a letter or digit a dash.</summary>
    /// <exception cref="CommandFailure">The name asked for is not a DNS-1035 label, or nothing of the directory's can be used.</exception>
    public static string For(string? asked, string directory)
    {
        var name = asked ?? Other().Replace(System.IO.Path.GetFileName(directory.TrimEnd('/')).ToLowerInvariant(), "-").Trim('-');
        if (name.Length <= MaxLength && Label().IsMatch(name)) return name;
        throw new CommandFailure(
            $"\"{name}\" cannot be a service's name: it must be at most {MaxLength} lower-case letters, digits and dashes, and begin with a letter; "
            + "choose one with --name");
    }

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex Other();

    [GeneratedRegex("^[a-z]([-a-z0-9]*[a-z0-9])?$")]
    private static partial Regex Label();
}
