namespace Kip.Rules.Eventing.Filters;

/// <summary>What a filter says about an event.</summary>
internal enum FilterResult
{
    /// <summary>It imposes nothing.</summary>
    NoFilter,
    Pass,
    Fail,
}
