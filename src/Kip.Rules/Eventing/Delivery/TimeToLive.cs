using System.Globalization;

namespace Kip.Rules.Eventing.Delivery;

/// <summary>How often one chain of events may still pass a Broker: the extension <c>knativebrokerttl</c>, which ends loops.</summary>
public static class TimeToLive
{
    public const string Extension = "knativebrokerttl";

    /// <summary>What an event that comes without one gets.</summary>
    public const int Max = 255;

    /// <summary>The count an event goes on with; zero: it is refused.</summary>
    /// <param name="text">The extension as it came; null, or anything that is no whole number, counts as missing.</param>
    public static int Next(string? text)
    {
        if (text is null || !int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var left)) return Max;
        // More than the maximum would be a way around it.
        return Math.Clamp(left - 1, 0, Max);
    }
}
