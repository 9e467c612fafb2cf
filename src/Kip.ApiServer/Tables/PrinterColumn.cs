using Kip.Resources;

namespace Kip.ApiServer.Tables;

/// <summary>One column of a kind's table.</summary>
/// <param name="Name">The heading; clients show it in capitals.</param>
/// <param name="Type"><c>string</c>, <c>integer</c> or <c>date</c>.</param>
/// <param name="Cell">The value for an object at a time; null is shown as nothing.</param>
/// <param name="Priority">0 for always, 1 for <c>-o wide</c> only.</param>
/// <param name="Description">What the column shows.</param>
/// <param name="Format"><c>name</c> for the column that identifies the object.</param>
public sealed record PrinterColumn(
    string Name, string Type, Func<Resource, DateTimeOffset, object?> Cell, int Priority = 0, string Description = "", string Format = "");
