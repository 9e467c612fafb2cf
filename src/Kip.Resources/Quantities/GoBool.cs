namespace Kip.Resources;

/// <summary>True and false in the spellings that Go's <c>strconv.ParseBool</c> knows, which settings and annotations are read with.</summary>
public static class GoBool
{
    /// <returns>Null: the text is neither.</returns>
    public static bool? Parse(string? text) => text switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => null,
    };
}
