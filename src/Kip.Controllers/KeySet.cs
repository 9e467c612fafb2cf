using Kip.Resources;

namespace Kip.Controllers;

/// <summary>A set of keys that most often holds one, which then takes no memory beside it. To be changed where it is kept, not in a copy.</summary>
internal struct KeySet
{
    private NamespacedName? _one;
    private HashSet<NamespacedName>? _more;

    public readonly bool IsEmpty => _one is null && _more is not { Count: > 0 };

    public void Add(NamespacedName key)
    {
        if (_more is not null) _more.Add(key);
        else if (_one is not { } present) _one = key;
        else if (present != key)
        {
            _more = [present, key];
            _one = null;
        }
    }

    public void Remove(NamespacedName key)
    {
        if (_one == key) _one = null;
        _more?.Remove(key);
    }

    public readonly NamespacedName[] ToArray() => _one is { } key ? [key] : _more is null ? [] : [.. _more];
}
