using System.Globalization;

namespace Kip.Runtime.Containers;

/// <summary>The signal by which an image wants to be ended.</summary>
public static class StopSignals
{
    private static readonly Dictionary<string, int> ByName = new(StringComparer.OrdinalIgnoreCase)
    {
        ["HUP"] = 1, ["INT"] = 2, ["QUIT"] = 3, ["ABRT"] = 6, ["KILL"] = 9, ["USR1"] = 10, ["USR2"] = 12, ["ALRM"] = 14, ["TERM"] = 15,
        ["CONT"] = 18, ["STOP"] = 19, ["WINCH"] = 28, ["PWR"] = 30, ["RTMIN"] = 34, ["RTMIN+3"] = 37,
    };

    /// <summary>The number of a signal as images write it: <c>SIGQUIT</c>, <c>QUIT</c>, <c>3</c>; SIGTERM for what is none.</summary>
    public static int Number(string text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return number is > 0 and < 65 ? number : 15;
        var name = text.StartsWith("SIG", StringComparison.OrdinalIgnoreCase) ? text[3..] : text;
        return ByName.GetValueOrDefault(name, 15);
    }
}
