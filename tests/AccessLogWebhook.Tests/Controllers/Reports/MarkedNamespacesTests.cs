using AccessLogWebhook.Controllers.Reports;
using AccessLogWebhook.Tests.Support;

namespace AccessLogWebhook.Tests.Controllers.Reports;

public sealed class MarkedNamespacesTests
{
    private readonly TestTime time = new();
    private readonly MarkedNamespaces marked;

    public MarkedNamespacesTests() => marked = new MarkedNamespaces(new ReportTimings(), time);

    [Fact]
    public void A_namespace_is_due_when_it_has_been_quiet()
    {
        marked.Mark("shop");
        Pass(4);
        marked.Mark("shop");
        Pass(4);
        Assert.Empty(marked.TakeDue(10));
        Assert.Equal(TimeSpan.FromSeconds(1), marked.Left());
        Pass(1);

        Assert.Equal(["shop"], marked.TakeDue(10));
        Assert.Null(marked.Left());
    }

    [Fact]
    public void One_that_is_never_quiet_is_due_thirty_seconds_after_the_first_change()
    {
        for (var second = 0; second < 30; second += 3)
        {
            marked.Mark("shop");
            Assert.Empty(marked.TakeDue(10));
            Pass(3);
        }

        Assert.Equal(["shop"], marked.TakeDue(10));
    }

    [Fact]
    public void Only_so_many_are_taken_and_the_rest_stays_due()
    {
        marked.MarkNow("b");
        marked.MarkNow("a");
        marked.Mark("c");

        Assert.Equal(["a"], marked.TakeDue(1));
        Assert.Equal(TimeSpan.Zero, marked.Left());
        Assert.Equal(["b"], marked.TakeDue(1));
        Assert.Empty(marked.TakeDue(1));
    }

    [Fact]
    public void What_could_not_be_done_waits_unless_something_changes()
    {
        marked.MarkLater("shop");
        marked.MarkLater("bank");
        marked.Mark("shop");
        Pass(5);
        Assert.Equal(["shop"], marked.TakeDue(10));
        Pass(25);

        Assert.Equal(["bank"], marked.TakeDue(10));
    }

    private void Pass(int seconds) => time.Advance(TimeSpan.FromSeconds(seconds));
}
