using Kip.Rules.Names;

namespace Kip.Rules.Admission.Core;

/// <summary>The forms of label keys and values. Each check answers null when the text is right, else what is wrong with it.</summary>
internal static class QualifiedNames
{
    private const string KeyRule =
        "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
        + "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

    private const string ValueRule =
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
        + "alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
        + "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

    public static string? CheckKey(string key)
    {
        var slash = key.IndexOf('/');
        var name = key.AsSpan(slash + 1);
        if (slash == 0) return "prefix part must be non-empty";
        if (slash > 0 && DnsNames.CheckDns1123Subdomain(key[..slash]) is { } wrong) return $"prefix part {wrong}";
        if (name.IsEmpty) return "name part must be non-empty";
        if (name.Length > DnsNames.LongestLabel) return "name part must be no more than 63 characters";
        return IsName(name) ? null : KeyRule;
    }

    public static string? CheckValue(string value)
    {
        if (value.Length > DnsNames.LongestLabel) return "must be no more than 63 characters";
        return value.Length == 0 || IsName(value) ? null : ValueRule;
    }

    private static bool IsName(ReadOnlySpan<char> name)
    {
        if (!char.IsAsciiLetterOrDigit(name[0]) || !char.IsAsciiLetterOrDigit(name[^1])) return false;
        foreach (var c in name)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')) return false;
        return true;
    }
}
