using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace Flow.Versions.V1_2.Tasks
{
    public record Farewell(string Name);

    public abstract class Speaking<TInput> : TaskActivity<TInput, string>
    {
    }

    [DurableTask("SayHello_v1_2")]
    public class SayHelloActivity : Speaking<string>
    {
        public override Task<string> RunAsync(TaskActivityContext context, string name) => Task.FromResult($"Hello {name}!");
    }

    [DurableTask("Say_Goodbye_v1_2")]
    public class GoodbyeActivity(ILogger<GoodbyeActivity> logger) : Speaking<Farewell>
    {
        public override Task<string> RunAsync(TaskActivityContext context, Farewell farewell)
        {
            logger.LogInformation("SayHello is not Say_Goodbye");
            return Task.FromResult($"Bye {farewell.Name}.");
        }
    }
}
